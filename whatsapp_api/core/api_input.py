"""The one way in for bodies and query parameters: validated, of the very types described, nothing unknown."""

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

# DRF converts freely between these ("5" for 5, 0 for "0", "yes" for true). Right for a query, whose values are all
# text; in JSON a value of another type is a mistake of the caller that would pass unseen.
JSON_TYPES: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], tuple[type, ...], str], ...] = (
    (serializers.BooleanField, (bool,), "Write true or false, without quotes."),
    (serializers.IntegerField, (int,), "Write a whole number, without quotes."),
    (serializers.FloatField, (int, float), "Write a number, without quotes."),
    (serializers.ChoiceField, (str, int), "Write one of the choices."),
    (serializers.CharField, (str,), "Write text in quotes."),
)


def valid(serializer: Any) -> dict[str, Any]:
    """The validated body or query; raises the error that names the fields, also those that there are not."""
    given = serializer.initial_data
    if not isinstance(given, QueryDict) and (wrong := _nested(dict(_wrong_types(serializer, given)))):
        raise ValidationError(wrong)
    serializer.is_valid(raise_exception=True)
    if unknown := set(given) - set(serializer.fields):
        sentence = f"There is no such field; there are {', '.join(serializer.fields)}."
        raise ValidationError({name: [sentence] for name in sorted(unknown)})
    data: dict[str, Any] = serializer.validated_data
    return data


def valid_query(serializer: type[serializers.Serializer[Any]], query: QueryDict) -> dict[str, Any]:
    """The validated query parameters; raises the error that names them."""
    data = valid(serializer(data=query))
    if wrong := unclear(query):
        raise ValidationError({name: [sentence] for name, sentence in wrong.items()})
    return data


def unclear(query: QueryDict) -> dict[str, str]:
    """Parameters that do not say one thing: an empty variable must not mean "none", nor the last of several win."""
    sentences = {name: _unclear(values) for name, values in query.lists()}
    return {name: sentence for name, sentence in sorted(sentences.items()) if sentence}


def _unclear(values: list[Any]) -> str:
    if len(values) > 1:
        return "Write the parameter once."
    return "" if values[0] else "Write a value, or leave the parameter out."


def _wrong_types(field: Any, value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Path and sentence of each value whose JSON type is not the described one."""
    if value is None or isinstance(value, serializers.Field):
        return
    if isinstance(field, serializers.Serializer):
        for name, child in field.fields.items():
            if isinstance(value, dict) and name in value:
                yield from _wrong_types(child, value[name], (*path, name))
    elif isinstance(field, serializers.ListField | serializers.ListSerializer):
        for number, each in enumerate(value if isinstance(value, list) else ()):
            yield from _wrong_types(field.child, each, (*path, str(number)))
    elif isinstance(field, serializers.DictField):
        for name, each in (value if isinstance(value, dict) else {}).items():
            yield from _wrong_types(field.child, each, (*path, str(name)))
    elif sentence := _mismatch(field, value):
        yield path, sentence


def _mismatch(field: Any, value: Any) -> str:
    for kind, types, sentence in JSON_TYPES:
        if isinstance(field, kind):
            # Python's True is an int, JSON's is not.
            fits = isinstance(value, types) and (kind is serializers.BooleanField or not isinstance(value, bool))
            return "" if fits else sentence
    return ""


def _nested(wrong: dict[tuple[str, ...], str]) -> dict[str, Any]:
    """As DRF shows errors of nested fields."""
    tree: dict[str, Any] = {}
    for path, sentence in wrong.items():
        node = tree
        for name in path[:-1]:
            node = node.setdefault(name, {})
        node[path[-1] if path else "non_field_errors"] = [sentence]
    return tree

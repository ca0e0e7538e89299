"""Filters of addressees, saved as JSON and run as queries.

    {"tags_all": ["vip"], "tags_none": ["staff"], "attributes": {"city": "Madrid"}, "country_codes": ["34"]}

Everything that is given must hold. Attributes compare whole values. No part of it reaches the database as code.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework import serializers

from sessions_app.labels import BadLabels, label_pattern, labels_clean

from .attributes import is_name
from .models import Addressee

MOST = 20


class RulesSerializer(serializers.Serializer[Any]):
    """Everything that is given must hold."""

    tags_all = serializers.ListField(child=serializers.CharField(max_length=40), max_length=MOST, required=False)
    tags_none = serializers.ListField(child=serializers.CharField(max_length=40), max_length=MOST, required=False)
    attributes = serializers.DictField(child=serializers.CharField(max_length=500, allow_blank=True), required=False)
    country_codes = serializers.ListField(
        child=serializers.RegexField(r"^[1-9][0-9]{0,6}$", error_messages={"invalid": "Write digits, such as 34."}),
        max_length=MOST,
        required=False,
        help_text="The first digits of their numbers.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in ("tags_all", "tags_none"):
            try:
                attrs[name] = labels_clean(attrs.get(name, []))
            except BadLabels as error:
                raise serializers.ValidationError({name: [str(error)]}) from error
        if len(attrs.get("attributes", {})) > MOST:
            raise serializers.ValidationError({"attributes": [f"At most {MOST}."]})
        for name in attrs.get("attributes", {}):
            if not is_name(name):
                raise serializers.ValidationError({"attributes": [f"{name!r} is not the name of an attribute."]})
        return {name: value for name, value in attrs.items() if value}


def matching(rows: QuerySet[Addressee], rules: Mapping[str, Any]) -> QuerySet[Addressee]:
    """Those of `rows` that fit; `rules` as RulesSerializer leaves them."""
    for tag in rules.get("tags_all", ()):
        rows = rows.filter(tag_text__contains=label_pattern(tag))
    for tag in rules.get("tags_none", ()):
        rows = rows.exclude(tag_text__contains=label_pattern(tag))
    for name, value in rules.get("attributes", {}).items():
        rows = rows.filter(**{f"attributes__{name}": value})
    if codes := rules.get("country_codes"):
        begins = Q()
        for code in codes:
            begins |= Q(jid__startswith=code, jid__endswith="@s.whatsapp.net")
        rows = rows.filter(begins)
    return rows

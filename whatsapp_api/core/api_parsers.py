"""Reading request bodies: JSON objects only, and no body that can hurt."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 16  # levels of objects and lists; what the API takes has a handful


def _depth(value: Any) -> int:
    """Level by level, not by recursion, and no deeper than it takes to refuse."""
    depth, level = 0, [value]
    while level and depth <= DEEPEST:
        level = [child for item in level for child in _children(item)]
        depth += 1
    return depth


def _children(item: Any) -> list[Any]:
    found = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return [child for child in found if isinstance(child, dict | list)]


class JSONObjectParser(JSONParser):
    """A malformed body, or one that is no object, is the caller's mistake and never ours."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("The body is nested too deeply.") from error
        except ParseError as error:
            reason = str(error.detail).removeprefix("JSON parse error - ")
            raise ParseError(f"The body is not valid JSON: {reason}") from error
        if not isinstance(data, dict):
            raise ParseError('The body must be a JSON object, such as {"name": "value"}.')
        if _depth(data) > DEEPEST:
            raise ParseError(f"The body is nested too deeply: at most {DEEPEST} levels.")
        return data

"""The OpenAPI document as the generators read it: operations with their references resolved, and examples."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 4  # of nested objects in examples

Json = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    content: Json

    @property
    def tag(self) -> str:
        return str(self.content["tags"][0])

    @property
    def summary(self) -> str:
        return str(self.content["summary"])

    @property
    def parameters(self) -> list[Json]:
        return cast(list[Json], self.content.get("parameters", []))

    @property
    def body(self) -> Json:
        """The schema of the JSON body, or of the form; empty when there is none."""
        found = self.content.get("requestBody", {}).get("content", {})
        return cast(Json, next((media["schema"] for media in found.values()), {}))

    @property
    def media_type(self) -> str:
        return next(iter(self.content.get("requestBody", {}).get("content", {})), "")


def document() -> Json:
    """What /api/v1/openapi.json answers. Django must be set up."""
    from drf_spectacular.generators import SchemaGenerator

    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    return cast(Json, generator.get_schema(request=None, public=True))  # type: ignore[no-untyped-call]


def operations(description: Json) -> Iterator[Operation]:
    for path, methods in description["paths"].items():
        for method in METHODS:
            if method in methods:
                yield Operation(method, path, methods[method])


def reference(schema: Json) -> str:
    """The name of the component that a schema stands for; empty when it is written out."""
    inner = schema["allOf"][0] if len(schema.get("allOf", [])) == 1 else schema
    return str(inner.get("$ref", "")).rpartition("/")[2]


def resolved(description: Json, schema: Json) -> Json:
    """The schema itself, with what was written beside the reference to it."""
    name = reference(schema)
    if not name:
        return schema
    beside = {key: value for key, value in schema.items() if key not in {"$ref", "allOf"}}
    return {**description["components"]["schemas"][name], **beside}


def example(description: Json, schema: Json, depth: int = 0) -> Any:
    """A value of the schema: its own example or default, else one that shows the type."""
    schema = resolved(description, schema)
    for key in ("example", "default"):
        if schema.get(key) is not None:
            return schema[key]
    if schema.get("examples"):
        return schema["examples"][0]
    if choices := [each for each in schema.get("enum", []) if each]:
        return choices[0]
    if alternatives := schema.get("oneOf") or schema.get("anyOf"):
        return example(description, alternatives[0], depth)
    match kind(schema):
        case "object":
            return _object(description, schema, depth)
        case "array":
            return [example(description, schema["items"], depth + 1)] if depth < DEEPEST else []
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return False
        case _:
            return TEXTS.get(schema.get("format", ""), "text")


TEXTS = {
    "uuid": "019ab3c0-7a10-7c1e-9d1f-0a1b2c3d4e5f",
    "date-time": "2026-01-31T12:00:00.000Z",
    "uri": "https://example.com/hook",
    "email": "ana@example.com",
    "binary": "",
}


def _object(description: Json, schema: Json, depth: int) -> Json:
    """Required fields always, the others on the first level only."""
    required = schema.get("required", [])
    wanted = [name for name in schema.get("properties", {}) if depth == 0 or name in required]
    if depth >= DEEPEST:
        return {}
    return {name: example(description, schema["properties"][name], depth + 1) for name in wanted}


def kind(schema: Json) -> str:
    """The JSON type; of several, the one that is not null."""
    found = schema.get("type", "object" if "properties" in schema else "")
    return next((each for each in found if each != "null"), "") if isinstance(found, list) else str(found)

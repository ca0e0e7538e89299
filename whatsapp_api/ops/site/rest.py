"""The REST reference in Markdown, a page for each tag and one for the schemas, from the OpenAPI document."""

import json
from collections import defaultdict
from http import HTTPStatus

from .openapi import Json, Operation, example, kind, operations, reference, resolved


def pages(description: Json) -> dict[str, str]:
    """File name -> content."""
    by_tag: dict[str, list[Operation]] = defaultdict(list)
    for operation in operations(description):
        by_tag[operation.tag].append(operation)
    written = {f"{slug(tag)}.md": _page(description, tag, found) for tag, found in by_tag.items()}
    return {"index.md": _index(by_tag), **written, "schemas.md": _schemas(description)}


def slug(tag: str) -> str:
    return tag.lower().replace(" ", "-")


def _index(by_tag: dict[str, list[Operation]]) -> str:
    lines = [
        "# REST reference",
        "",
        "Generated from the OpenAPI document that the platform serves at `/api/v1/openapi.json`.",
        "Conventions, states and error codes: [REST API](../api.md).",
        "To try calls out: Swagger UI at `/api/docs/`, or the [Postman collection](../postman.md).",
    ]
    for tag, found in by_tag.items():
        rows = [
            f"| `{each.method.upper()}` | [`{each.path}`]({slug(tag)}.md#{_anchor(each)}) | {each.summary} |"
            for each in found
        ]
        lines += ["", f"## {tag}", "", "| | | |", "|---|---|---|", *rows]
    return "\n".join([*lines, ""])


def _page(description: Json, tag: str, found: list[Operation]) -> str:
    return "\n".join([f"# {tag}", "", *(_section(description, each) for each in found)])


def _anchor(operation: Operation) -> str:
    return str(operation.content["operationId"]).replace("_", "-")


def _section(description: Json, operation: Operation) -> str:
    parts = [
        f"## {operation.summary} {{ #{_anchor(operation)} }}",
        f"```http\n{operation.method.upper()} {operation.path}\n```",
        str(operation.content.get("description", "")),
        _parameters(operation),
        _body(description, operation),
        _responses(description, operation),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _parameters(operation: Operation) -> str:
    found = [each for each in operation.parameters if each["in"] != "path" or each.get("description")]
    rows = [
        [f"`{each['name']}`", each["in"], _type(each["schema"]), _yes(each), each.get("description", "")]
        for each in found
    ]
    return _table("Parameters", ["name", "in", "type", "required", ""], rows)


def _yes(parameter: Json) -> str:
    return "yes" if parameter.get("required") else ""


def _body(description: Json, operation: Operation) -> str:
    if not operation.body:
        return ""
    fields = _fields(description, operation.body, "schemas.md")
    shown = json.dumps(example(description, operation.body), indent=2, ensure_ascii=False)
    sample = f"```json\n{shown}\n```" if operation.media_type == "application/json" else ""
    title = "Body" if operation.media_type == "application/json" else f"Body (`{operation.media_type}`)"
    return "\n\n".join(part for part in (_table(title, ["field", "type", "required", ""], fields), sample) if part)


def _fields(description: Json, schema: Json, schemas: str) -> list[list[str]]:
    content = resolved(description, schema)
    required = content.get("required", [])
    return [
        [f"`{name}`", _type(each, schemas), "yes" if name in required else "", _notes(description, each)]
        for name, each in content.get("properties", {}).items()
    ]


def _type(schema: Json, schemas: str = "schemas.md") -> str:
    if name := reference(schema):
        return f"[{name}]({schemas}#{name.lower()})"
    if alternatives := schema.get("oneOf") or schema.get("anyOf"):
        return " or ".join(_type(each, schemas) for each in alternatives)
    if kind(schema) == "array":
        return f"list of {_type(schema.get('items', {}), schemas)}"
    return " ".join(part for part in (kind(schema) or "any", schema.get("format", "")) if part)


LIMITS = {"minimum": "at least", "maximum": "at most", "minLength": "length at least", "maxLength": "length at most"}


def _notes(description: Json, schema: Json) -> str:
    schema = resolved(description, schema)
    limits = [f"{text} {schema[key]}" for key, text in LIMITS.items() if key in schema and abs(schema[key]) < 2**53]
    if schema.get("enum") and len(schema["enum"]) <= 12:
        limits.append("one of " + ", ".join(f"`{each}`" for each in schema["enum"] if each not in ("", None)))
    if schema.get("default") not in (None, "", [], {}):
        limits.append(f"default `{json.dumps(schema['default'])}`")
    # drf-spectacular lists the choices in the description too.
    text = str(schema.get("description", "")).partition("\n\n* ")[0].partition("* `")[0].strip()
    return " ".join(part for part in (text, f"({'; '.join(limits)})" if limits else "") if part)


def _responses(description: Json, operation: Operation) -> str:
    rows = []
    for status, answer in operation.content["responses"].items():
        name = answer.get("$ref", "").rpartition("/")[2]
        response = description["components"]["responses"][name] if name else answer
        shapes = [media.get("schema", {}) for media in response.get("content", {}).values()]
        shape = next((_type(each) for each in shapes if each), "")
        text = response.get("description") or (HTTPStatus(int(status)).phrase if status.isdigit() else "")
        rows.append([f"`{status}`", shape, text])
    return _table("Answers", ["status", "content", ""], rows)


def _schemas(description: Json) -> str:
    parts = ["# Schemas", "The objects that requests and answers are made of."]
    for name, schema in sorted(description["components"]["schemas"].items()):
        parts.append(f"## {name}")
        parts.append(str(schema.get("description", "")).partition("* `")[0].strip())
        if schema.get("enum"):
            parts.append("One of " + ", ".join(f"`{each}`" for each in schema["enum"] if each not in ("", None)) + ".")
        parts.append(_table("", ["field", "type", "required", ""], _fields(description, schema, "")))
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(title: str, head: list[str], rows: list[list[str]]) -> str:
    if not rows:
        return ""
    lines = [f"**{title}**\n"] if title else []
    lines += [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join(_cell(each) for each in row)} |" for row in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())

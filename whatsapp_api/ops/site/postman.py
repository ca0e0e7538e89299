"""The Postman collection (format 2.1) from the OpenAPI document: a folder for each tag, log-in and variables set up."""

import json
import re
from collections import defaultdict

from .openapi import Json, Operation, example, operations, resolved

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
BASE = "http://127.0.0.1:8000"
ABOUT = (
    "Fill in `base_url`, `username` and `password` and send *Tokens / Get tokens* once, or put an API key into "
    "`token`. Requests that create something keep its id in the variable that later ones use."
)
# What a request that succeeds leaves for the later ones: operationId -> variable and field of the answer.
KEPT = {
    "auth_token_create": {"token": "access", "refresh": "refresh"},
    "auth_token_refresh_create": {"token": "access", "refresh": "refresh"},
    "sessions_create": {"session_id": "id"},
    "webhooks_create": {"webhook_id": "id"},
    "media_create": {"media_id": "id"},
    "templates_create": {"template_id": "id"},
    "broadcasts_create": {"broadcast_id": "id"},
}


def collection(description: Json) -> str:
    by_tag: dict[str, list[Json]] = defaultdict(list)
    for operation in operations(description):
        if operation.content.get("x-endless"):  # Postman would wait for their end
            continue
        by_tag[operation.tag].append(_item(description, operation))
    content = {
        "info": {"name": description["info"]["title"], "description": ABOUT, "schema": SCHEMA},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [{"key": key, "value": value} for key, value in variables(description).items()],
        "item": [{"name": tag, "item": items} for tag, items in by_tag.items()],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def variables(description: Json) -> dict[str, str]:
    """Those that a person fills in, and one for each parameter of an address."""
    names = {name for path in description["paths"] for name in re.findall(r"\{(\w+)\}", path)}
    filled = {"base_url": BASE, "username": "admin", "password": "", "token": "", "refresh": ""}
    return filled | dict.fromkeys(sorted(names), "")


def _item(description: Json, operation: Operation) -> Json:
    item: Json = {"name": operation.summary, "request": _request(description, operation)}
    if kept := KEPT.get(str(operation.content["operationId"])):
        lines = [f'pm.collectionVariables.set("{name}", answer.{field});' for name, field in kept.items()]
        script = [
            "if (pm.response.code < 300) {",
            "  const answer = pm.response.json();",
            *(f"  {x}" for x in lines),
            "}",
        ]
        item["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": script}}]
    return item


def _request(description: Json, operation: Operation) -> Json:
    request: Json = {
        "method": operation.method.upper(),
        "url": _url(operation),
        "description": operation.content.get("description", ""),
        "header": [{"key": "Accept", "value": "application/json"}],
    }
    if not operation.content.get("security"):
        request["auth"] = {"type": "noauth"}
    if body := _body(description, operation):
        request["body"] = body
    return request


def _url(operation: Operation) -> Json:
    path = re.sub(r"\{(\w+)\}", r"{{\1}}", operation.path)
    query = [
        {"key": each["name"], "value": "", "description": each.get("description", ""), "disabled": True}
        for each in operation.parameters
        if each["in"] == "query"
    ]
    return {"raw": "{{base_url}}" + path, "host": ["{{base_url}}"], "path": path.strip("/").split("/"), "query": query}


def _body(description: Json, operation: Operation) -> Json:
    if not operation.body:
        return {}
    if operation.media_type == "multipart/form-data":
        return {"mode": "formdata", "formdata": [{"key": "file", "type": "file", "src": ""}]}
    value = example(description, operation.body)
    if isinstance(value, dict):
        # What a request needs; the reference has the rest. Where nothing is needed, as in a change, all.
        needed = resolved(description, operation.body).get("required", [])
        value = {name: value[name] for name in needed if name in value} or value
        value |= {name: "{{" + name + "}}" for name in ("username", "password", "refresh") if name in value}
    raw = json.dumps(value, indent=2, ensure_ascii=False)
    return {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}

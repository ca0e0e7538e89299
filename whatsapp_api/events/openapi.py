"""The two addresses for live events, which are no views of Django's, in the OpenAPI document."""

import copy
from typing import Any

LIST = "/api/v1/events"
TEXT = """The log as it goes on: everything after `since`, then what happens. Nothing is missed and nothing comes twice;
live-only events, which have no sequence, are not repeated. docs/events.md has the whole contract."""
SSE = "Each event is `event: <type>`, `id: <sequence>` and `data: <the event as JSON>`."
WEBSOCKET = """Not OpenAPI's kind of address: a WebSocket handshake. Programs send `Authorization: Bearer <token>` or
`X-Api-Key`, browsers the subprotocols `["bearer", "<token>"]`. Messages with `event` are events; the others have a
`type`: `ready`, `expired`, `pong`, `error`."""
TICKET = {
    "in": "query",
    "name": "ticket",
    "schema": {"type": "string"},
    "description": "In place of a token: from `POST /api/v1/auth/ticket`, good once and for 30 seconds.",
}
REFUSED = {
    "403": "Code: `session_not_found`, `workspace_not_found`, `no_workspace`, `foreign_origin`.",
    "429": "Code: `too_many_connections`.",
}
"""A WebSocket is accepted first, and closed with 4000 and the status."""
LAST = {
    "in": "header",
    "name": "Last-Event-ID",
    "schema": {"type": "string"},
    "description": "What browsers send when they connect again; stands for `since`.",
}


def describe_streams(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A postprocessing hook: parameters and refusals are those of the log itself."""
    log = result["paths"].get(LIST, {}).get("get")
    if log is None:
        return result
    parameters = [copy.deepcopy(each) for each in log["parameters"] if each["name"] not in {"limit"}]
    stream = {"schema": {"type": "string", "description": SSE}}
    common = {"tags": log["tags"], "security": log.get("security", []), "x-endless": True}
    default = log["responses"]["default"]
    refusals = {status: {**default, "description": text} for status, text in REFUSED.items()}
    result["paths"][f"{LIST}/stream"] = {
        "get": {
            **common,
            "operationId": "events_stream",
            "summary": "Follow the event log by Server-Sent Events",
            "description": f"{TEXT}\n\n{SSE}",
            "parameters": [*parameters, TICKET, LAST],
            "responses": {
                "200": {"description": "Goes on until one side ends it.", "content": {"text/event-stream": stream}},
                **refusals,
                "default": copy.deepcopy(default),
            },
        }
    }
    result["paths"]["/ws/events"] = {
        "get": {
            **common,
            "operationId": "events_websocket",
            "summary": "Follow the event log by WebSocket",
            "description": f"{TEXT}\n\n{WEBSOCKET}",
            "parameters": [*copy.deepcopy(parameters), TICKET],
            "responses": {
                "101": {"description": "The WebSocket is open; `ready` is its first message."},
                **copy.deepcopy(refusals),
                "default": copy.deepcopy(default),
            },
        }
    }
    return result

"""The documents say what is so."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from messaging.chats.payloads import chat_payload
from messaging.effects import EFFECTS
from messaging.models import Chat
from messaging.payloads import message_payload
from messaging.webhooks.models import Endpoint
from messaging.webhooks.payloads import endpoint_notice
from sessions_app.asking import refusal
from sessions_app.engine.refusals import HTTP_STATUS, MEANINGS, refused
from sessions_app.payloads import session_payload
from tests import factories
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import envelope, publish

DOCS = Path(settings.BASE_DIR) / "docs"
CODE = re.compile(r'(?:ApiError|Conflict|Unavailable)\(\s*"([a-z_]+)"')


def examples() -> dict[str, dict[str, Any]]:
    text = (DOCS / "events.md").read_text()
    found = re.findall(r"^### `([a-z_.]+)`\n.*?```json\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    return {name: json.loads(example) for name, example in found}


@pytest.mark.parametrize("kind", EventType.values)
def test_every_event_has_a_true_example(db: None, kind: str) -> None:
    session = factories.connected_session(factories.workspace())
    payloads: dict[str, dict[str, Any]] = {
        "session.status": session_payload(session),
        "session.qr": dict.fromkeys(["qr", "index", "total", "expires_at"]),
        "session.restricted": dict.fromkeys(["code", "since", "until"]),
        "session.pairing_code": dict.fromkeys(["code", "phone", "expires_at"]),
    }
    payloads["webhook.disabled"] = endpoint_notice(Endpoint(disabled_reason="gone"))
    payloads |= {
        "chat.update": chat_payload(Chat(session=session, last_at=session.created_at)),
        "message.deleted": dict.fromkeys(["session", "id", "wa_id", "chat"]),
        "chat.deleted": dict.fromkeys(["session", "jid", "lid"]),
        "presence.update": dict.fromkeys(["chat", "sender", "presence", "last_seen"]),
        "history.synced": dict.fromkeys(["sync", "progress", "chats", "messages", "names"]),
    }
    if kind.startswith("group."):
        details = {"join": "how", "leave": "reason", "update": "changes", "participants": "action participants"}
        names = details[kind.removeprefix("group.")].split()
        payloads[kind] = dict.fromkeys(["group", "by", *names, "timestamp"])
    if kind.startswith("security."):
        payloads[kind] = dict.fromkeys(["subject", "address", "text"])
    message = message_payload(factories.message(session))
    payloads |= {effect.value: {**message, "target": None} for effect in EFFECTS.values()}
    names = ["id", "name", "state", "reason", "counts", "scheduled_at", "started_at", "finished_at"]
    payloads |= {f"broadcast.{each}": dict.fromkeys(names) for each in ("status", "progress")}
    event = publish(EventType(kind), workspace_id=session.workspace_id, session_id=session.pk, payload={})
    example = examples()[kind]

    assert example["event"] == kind
    assert list(example) == list(envelope(event))
    assert list(example["payload"]) == list(payloads.get(kind, message))


def test_every_error_code_is_listed() -> None:
    listed = (DOCS / "api.md").read_text()
    folders = [settings.BASE_DIR / name for name in ("whatsapp_api", "sessions_app", "messaging")]
    files = [file for folder in folders for file in folder.rglob("*.py")]
    raised = {code for file in files for code in CODE.findall(file.read_text())}
    over_websocket_only = {"foreign_origin"}

    assert "session_not_connected" in raised
    assert [code for code in sorted(raised - over_websocket_only) if f"`{code}`" not in listed] == []


def test_every_refusal_of_whatsapp_is_listed_with_its_status_and_numbers() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (\d{3}) \|([\d, ]*)\|", (DOCS / "api.md").read_text(), re.MULTILINE)
    told = {code: (int(status), re.findall(r"\d+", numbers)) for code, status, numbers in rows}
    numbers = {code: [n for n, meaning in MEANINGS.items() if meaning.code == code] for code in HTTP_STATUS}

    assert told == {code: (status, numbers[code]) for code, status in HTTP_STATUS.items()}


@pytest.mark.parametrize(("number", "status"), [("403", 403), ("410", 410), ("429", 429), ("500", 503), ("777", 502)])
def test_a_request_is_refused_with_the_code_that_a_message_fails_with(number: str, status: int) -> None:
    error = refused(number)
    answer = refusal(error)

    assert (answer.code, answer.http_status) == (error.code, status)
    assert ("Retry-After" in answer.headers) == (status in {429, 503})

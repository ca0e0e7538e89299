"""The documents say what is so."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from messaging.payloads import message_payload
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
    payloads = {
        "session.status": session_payload(session),
        "session.qr": dict.fromkeys(["qr", "index", "total", "expires_at"]),
        "session.pairing_code": dict.fromkeys(["code", "phone", "expires_at"]),
    }
    event = publish(EventType(kind), workspace_id=session.workspace_id, session_id=session.pk, payload={})
    example = examples()[kind]

    assert example["event"] == kind
    assert list(example) == list(envelope(event))
    assert list(example["payload"]) == list(payloads.get(kind, message_payload(factories.message(session))))


def test_every_error_code_is_listed() -> None:
    listed = (DOCS / "api.md").read_text()
    folders = [settings.BASE_DIR / name for name in ("whatsapp_api", "sessions_app", "messaging")]
    files = [file for folder in folders for file in folder.rglob("*.py")]
    raised = {code for file in files for code in CODE.findall(file.read_text())}
    over_websocket_only = {"foreign_origin"}

    assert "session_not_connected" in raised
    assert [code for code in sorted(raised - over_websocket_only) if f"`{code}`" not in listed] == []

"""Every payload that the product publishes in a test fits its schema, to the last property."""

import copy
import sys
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import jsonschema_rs
import pytest

from sessions_app.models import Provider
from whatsapp_api.events import publish
from whatsapp_api.events.models import EventType
from whatsapp_api.events.schemas import payload_schema

TESTS = str(Path(__file__).parent)
BETWEEN = ("events/publish.py", "core/db.py", "contextlib.py", "payload_checks.py")


@cache
def validator(kind: str) -> Any:
    return jsonschema_rs.validator_for(_strict(payload_schema(EventType(kind))))


def payload_check(kind: str, payload: Any) -> None:
    faults = [f"{list(error.instance_path)}: {error.message[:200]}" for error in validator(kind).iter_errors(payload)]
    assert not faults, f"{kind} does not fit its schema: {faults}"


def _strict(schema: Any) -> Any:
    """Clients must accept what is new; here a property that nobody described is a fault."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else {}
    return {**{name: _strict(value) for name, value in schema.items()}, **closed}


def _by_a_test() -> bool:
    """Tests may publish what they like."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename.endswith(BETWEEN):
        frame = frame.f_back
    return frame is None or frame.f_code.co_filename.startswith(TESTS)


def _of_a_real_provider(payload: Any) -> Any:
    """Tests of workers have engines of their own, whose names no schema knows."""
    if payload.get("provider") not in (None, *Provider.values):
        payload["provider"] = Provider.SANDBOX.value
    return payload


@pytest.fixture(scope="session", autouse=True)
def payloads_checked() -> Any:
    made = publish.new_event

    def checked(event_type: EventType, workspace_id: Any, session_id: Any, payload: Any) -> Any:
        if not _by_a_test():
            payload_check(event_type, _of_a_real_provider(copy.deepcopy(payload)))
        return made(event_type, workspace_id, session_id, payload)

    publish.new_event = checked
    yield
    publish.new_event = made

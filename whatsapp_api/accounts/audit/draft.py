"""What a request does, noted by the services on its way; the middleware writes it down with the outcome."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from .redact import differences


@dataclass(slots=True)
class Draft:
    """Mutable and shared by all threads that work for the request."""

    workspace_id: uuid.UUID | None = None
    target: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


_draft: ContextVar[Draft | None] = ContextVar("audit_draft", default=None)


@contextmanager
def draft_open() -> Iterator[Draft]:
    """A new one, for the time of a request."""
    found = Draft()
    token = _draft.set(found)
    try:
        yield found
    finally:
        _draft.reset(token)


def drafting() -> bool:
    """Does a request run here that changes something?"""
    return _draft.get() is not None


def audit_target(target: str) -> None:
    """What the running request is about, unless that is known already."""
    if draft := _draft.get():
        draft.target = draft.target or target


def audit_about(workspace_id: uuid.UUID, target: object = "") -> None:
    """Whose trail the running request belongs to, and what it is about. Nothing happens outside of requests."""
    if draft := _draft.get():
        draft.workspace_id = workspace_id
        draft.target = str(target) or draft.target


def audit_change(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Settings as they were and as they are; only what differs is kept."""
    if draft := _draft.get():
        old, new = differences(before, after)
        draft.before |= old
        draft.after |= new

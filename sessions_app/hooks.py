"""What a higher layer registers with the session owner: an outbox to drain and handlers for engine events.

sessions_app knows no Message; messaging fills these in when Django starts (`messaging.wiring`).
"""

import uuid
from collections.abc import Callable, Iterable
from typing import Protocol

from sessions_app.engine.base import EngineEvent, Outgoing, SendFinished

from .models import Session


class Outbox(Protocol):
    """Rows waiting to be sent. Each method is one or two conditional updates and commits before it returns."""

    def waiting(self, session_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
        """Which of these sessions have rows to send now."""

    def claim(self, session_id: uuid.UUID, *, claim: str) -> Outgoing | None:
        """The session's next row by order, moved queued -> sending under `claim`; None when there is none."""

    def finish(self, session_id: uuid.UUID, outcome: SendFinished) -> None:
        """sending -> sent | failed | unconfirmed, as the outcome says; a second report of the same changes nothing."""

    def release(self, session_id: uuid.UUID, *, ref: str) -> None:
        """sending -> queued: it surely was not attempted."""

    def abandon(self, session_id: uuid.UUID, *, keep_claims: Iterable[str] = ()) -> int:
        """Rows left `sending` by an owner that is gone: -> unconfirmed, unless their claim is in `keep_claims`."""


Handler = Callable[[Session, EngineEvent], None]

_outboxes: list[Outbox] = []
_handlers: dict[type[EngineEvent], list[Handler]] = {}


def outbox_register(outbox: Outbox) -> None:
    _outboxes.append(outbox)


def outboxes() -> list[Outbox]:
    return list(_outboxes)


def handler_register(event: type[EngineEvent], handler: Handler) -> None:
    """`handler` stores the event durably, once however often it is called with it, before it returns."""
    _handlers.setdefault(event, []).append(handler)


def handlers(event: type[EngineEvent]) -> list[Handler]:
    return list(_handlers.get(event, ()))

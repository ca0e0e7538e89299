"""What a higher layer registers with the session owner: an outbox to drain and handlers for engine events.

sessions_app knows no Message; messaging fills these in when Django starts (`messaging.wiring`).
"""

import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sessions_app.engine.base import EngineEvent, Outgoing, SendFinished

from .models import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Messages of one session: how many are not settled, and when the newest of all was written."""

    queued: int = 0
    sending: int = 0
    unconfirmed: int = 0
    last_at: datetime | None = None


class Outbox(Protocol):
    """Rows waiting to be sent. Each method is one or two conditional updates and commits before it returns."""

    def waiting(self, session_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
        """Which of these sessions have rows to send now; asked about once a second."""

    def claim(self, session_id: uuid.UUID, *, claim: str) -> Outgoing | None:
        """The session's next row by order, moved queued -> sending under `claim`; None when there is none."""

    def finish(self, session_id: uuid.UUID, outcome: SendFinished) -> None:
        """sending -> sent | failed | unconfirmed (or queued again), as the outcome says; told again changes nothing."""

    def release(self, session_id: uuid.UUID, *, ref: str) -> None:
        """sending -> queued: it surely was not attempted."""

    def abandon(self, session_id: uuid.UUID, *, keep_claims: Iterable[str] = ()) -> int:
        """Rows left `sending` by an owner that is gone: -> unconfirmed (or queued again), but for `keep_claims`."""

    def doubtful(self, session_id: uuid.UUID) -> list[str]:
        """References of attempts of unknown outcome whose WhatsApp id is not known."""

    def identify(self, session_id: uuid.UUID, *, ref: str, wa_id: str) -> None:
        """The WhatsApp id that a doubtful attempt used."""

    def activity(self, session_id: uuid.UUID) -> Activity:
        """For people who look after sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file of a received message (`message`: its protobuf as JSON), to be written to `path` by the host."""

    ref: str
    session: uuid.UUID
    message: dict[str, Any]
    path: str


class Downloads(Protocol):
    """Rows of files to fetch. A row stays due until it is settled by one of the last two."""

    def due(self, session_ids: Iterable[uuid.UUID]) -> list[Download]:
        """What to fetch now for these sessions; asked about once a second."""

    def finish(self, ref: str, path: str) -> None:
        """The file is at `path`, which is removed afterwards."""

    def fail(self, ref: str, code: str, text: str) -> None:
        """It could not be fetched."""


Handler = Callable[[Session, EngineEvent], None]

_outboxes: list[Outbox] = []
_downloads: list[Downloads] = []
downloads_wanted = threading.Event()
_handlers: dict[type[EngineEvent], list[Handler]] = {}


def outbox_register(outbox: Outbox) -> None:
    _outboxes.append(outbox)


def downloads_register(source: Downloads) -> None:
    _downloads.append(source)


def downloads() -> list[Downloads]:
    return list(_downloads)


def download_hint() -> None:
    """Files may be due. Only of use inside the owner's process; elsewhere its next look finds them."""
    downloads_wanted.set()


def outboxes() -> list[Outbox]:
    return list(_outboxes)


def activity(session_id: uuid.UUID) -> Activity:
    """Of all outboxes together."""
    found = [outbox.activity(session_id) for outbox in _outboxes]
    return Activity(
        queued=sum(each.queued for each in found),
        sending=sum(each.sending for each in found),
        unconfirmed=sum(each.unconfirmed for each in found),
        last_at=max((each.last_at for each in found if each.last_at), default=None),
    )


def handler_register(event: type[EngineEvent], handler: Handler) -> None:
    """`handler` stores the event durably, once however often it is called with it, before it returns."""
    _handlers.setdefault(event, []).append(handler)


def handlers(event: type[EngineEvent]) -> list[Handler]:
    return list(_handlers.get(event, ()))

"""A connected session, and what an engine says about it."""

import itertools
from collections.abc import Callable

import pytest

from messaging.models import Direction, Message, MessageState
from sessions_app.engine.base import MessageReceived, Person, ReceiptReceived
from sessions_app.models import Session
from tests import factories

FRIEND = Person(jid=factories.FRIEND_JID, lid="100000000002@lid")
AT = 1_800_000_000.25


@pytest.fixture
def session(transactional_db: None) -> Session:
    return factories.connected_session(factories.workspace())


@pytest.fixture
def queue(session: Session) -> Callable[..., Message]:
    """Rows that wait to be sent, in order."""
    numbers = itertools.count()

    def queue(text: str = "", **fields) -> Message:
        fields = {"direction": Direction.OUT, "state": MessageState.QUEUED, "from_me": True, **fields}
        return factories.message(session, text=text or f"number {next(numbers)}", **fields)

    return queue


@pytest.fixture
def incoming(session: Session) -> Callable[..., MessageReceived]:
    def incoming(**fields) -> MessageReceived:
        defaults = {
            "session": str(session.pk),
            "wa_id": "3EB0AA",
            "chat": FRIEND,
            "sender": FRIEND,
            "from_me": False,
            "timestamp": AT,
            "kind": "text",
            "text": "Hello",
            "push_name": "Ana",
            "raw": {"message": {"conversation": "Hello"}},
        }
        return MessageReceived(**{**defaults, **fields})

    return incoming


@pytest.fixture
def receipt(session: Session) -> Callable[..., ReceiptReceived]:
    def receipt(kind: str, *wa_ids: str, at: float = AT, sender: Person = FRIEND) -> ReceiptReceived:
        return ReceiptReceived(
            session=str(session.pk), wa_ids=list(wa_ids or ["WA1"]), chat=FRIEND, sender=sender, kind=kind, timestamp=at
        )

    return receipt

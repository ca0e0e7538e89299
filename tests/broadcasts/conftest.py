"""Broadcasts on the database with the services that the processes call, and an outbox drained as its owner does."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from messaging.audience.models import Addressee
from messaging.broadcasts.models import Broadcast
from messaging.inbound import message_store
from messaging.outbox import MessageOutbox
from sessions_app.engine.base import MessageReceived, Outgoing, Person, SendFinished
from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.models import Workspace

TEXT = "Hi {{name}}, {{city}} calls"


@pytest.fixture
def workspace(transactional_db: None) -> Workspace:
    return factories.workspace()


@pytest.fixture
def sessions(workspace: Workspace) -> list[Session]:
    return [factories.connected_session(workspace, f"S{n}", jid=f"3460000010{n}@s.whatsapp.net") for n in range(2)]


@pytest.fixture
def people(workspace: Workspace) -> Callable[..., list[Addressee]]:
    def people(count: int, **fields: Any) -> list[Addressee]:
        rows = [
            Addressee(
                **{
                    "workspace": workspace,
                    "jid": f"346111{number:05}@s.whatsapp.net",
                    "name": f"P{number}",
                    "attributes": {"city": f"City {number}"},
                    **fields,
                }
            )
            for number in range(count)
        ]
        return Addressee.objects.bulk_create(rows)

    return people


@pytest.fixture
def draft(workspace: Workspace, sessions: list[Session]) -> Callable[..., Broadcast]:
    def draft(**fields: Any) -> Broadcast:
        variant = {"name": "A", "weight": 1, "kind": "text", "content": {"text": TEXT}, "defaults": {}}
        columns = {
            "workspace": workspace,
            "name": "Spring",
            "session_ids": [str(session.pk) for session in sessions],
            "audience": {"everybody": True},
            "variants": [variant],
        }
        return Broadcast.objects.create(**{**columns, **fields})

    return draft


class Sender:
    """Claims and settles as a session's owner does; `arrived`: (address, text) of each message that left."""

    def __init__(self, sessions: list[Session]) -> None:
        self.outbox, self.sessions = MessageOutbox(), sessions
        self.arrived: list[tuple[str, str]] = []
        self.by_session: dict[str, list[str]] = {str(session.pk): [] for session in sessions}
        self.claims = 0

    def claim(self, session: Session) -> Outgoing | None:
        self.claims += 1
        return self.outbox.claim(session.pk, claim=f"node:{self.claims}")

    def finish(self, session: Session, outgoing: Outgoing, **outcome: Any) -> None:
        if not outcome.get("error"):
            self.arrived.append((outgoing.to, outgoing.content["text"]))
            self.by_session[str(session.pk)].append(outgoing.to)
            outcome = {"wa_id": f"WA{self.claims}", **outcome}
        self.outbox.finish(
            session.pk, SendFinished(session=str(session.pk), ref=outgoing.ref, timestamp=1_800_000_000.5, **outcome)
        )

    def drain(self, most: int = 10_000) -> int:
        """Everything that is queued, or `most` messages of each session."""
        sent = 0
        for session in self.sessions:
            for _ in range(most):
                outgoing = self.claim(session)
                if outgoing is None:
                    break
                self.finish(session, outgoing)
                sent += 1
        return sent


@pytest.fixture
def sender(sessions: list[Session]) -> Sender:
    return Sender(sessions)


@pytest.fixture
def reply() -> Callable[[Session, str, str], None]:
    """Somebody writes to a session."""
    numbers = itertools.count()

    def reply(session: Session, jid: str, text: str) -> None:
        person = Person(jid=jid, lid="")
        event = MessageReceived(
            session=str(session.pk),
            wa_id=f"IN{next(numbers)}",
            chat=person,
            sender=person,
            from_me=False,
            timestamp=1_800_000_000.0,
            kind="text",
            text=text,
            push_name="",
            raw={},
        )
        message_store(session, event)

    return reply

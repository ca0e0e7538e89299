"""What sealed bodies add to a send, to a received message and to a page of fifty: in turns with a clear workspace.

`make bench-bodies` (ARGS="--database=mongodb"). In one process, without a web server.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest

from messaging.inbound import message_store
from sessions_app.engine.base import MessageReceived, Person
from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.models import Bodies, Role, Workspace

ROUNDS = 300
TEXT = "Your parcel is with the neighbour on the second floor, please collect it before Friday evening. " * 2
FRIEND = Person(jid=factories.FRIEND_JID)
Work = Callable[[], Any]


@pytest.mark.django_db(transaction=True)
def test_sealing_costs(database: str, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.API_RATES = {"api": "", "send": ""}
    clear, sealed = (works(mode) for mode in (Bodies.STORED, Bodies.ENCRYPTED))
    with capsys.disabled():
        print()
        for name, work in clear.items():
            ours, theirs = in_turns(sealed[name], work)
            print(f"{database}: {name} p50 {ours:.2f} ms sealed, {theirs:.2f} ms in clear: {ours - theirs:+.2f} ms")


def works(mode: str) -> dict[str, Work]:
    workspace = Workspace.objects.create(name=mode, bodies=mode)
    session = factories.connected_session(workspace)
    api = factories.client(factories.user(f"user-{mode}", workspace=workspace, role=Role.OPERATOR))
    path, numbers = f"/api/v1/sessions/{session.id}/messages", iter(range(10_000))

    def send() -> None:
        assert api.post(path, {"to": "+34600111222", "text": TEXT}, format="json").status_code == 202

    def page() -> None:
        assert len(api.get(f"{path}?limit=50").json()["results"]) == 50

    return {"a send": send, "a received message": lambda: receive(session, next(numbers)), "a page of 50": page}


def receive(session: Session, number: int) -> None:
    fields: dict[str, Any] = {
        "session": str(session.pk),
        "wa_id": f"A{number}",
        "chat": FRIEND,
        "sender": FRIEND,
        "text": TEXT,
    }
    fields |= {"timestamp": time.time(), "kind": "text", "from_me": False, "push_name": "Ann"}
    message_store(session, MessageReceived(**fields, raw={"message": {"conversation": TEXT}, "info": {"ID": number}}))


def in_turns(one: Work, other: Work) -> tuple[float, float]:
    """Ten and ten, so that whatever else the machine does meets both alike."""
    found: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS // 10 * 2):
        work = (one, other)[turn % 2]
        for _ in range(10):
            began = time.perf_counter()
            work()
            found[turn % 2].append((time.perf_counter() - began) * 1000)
    return statistics.median(found[0][20:]), statistics.median(found[1][20:])

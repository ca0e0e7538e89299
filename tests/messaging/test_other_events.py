"""Calls, messages that cannot be read yet, reading on the phone, and the phone's history."""

from collections.abc import Callable

import pytest

from messaging.calls import call_store
from messaging.chats import reading
from messaging.chats.reading import chat_read_elsewhere
from messaging.history import history_store
from messaging.inbound import message_store
from messaging.models import Chat, Message
from messaging.unreadable import waiting_store
from sessions_app.engine.base import CallChanged, ChatRead, HistoryReceived, MessageReceived, MessageWaiting, Person
from sessions_app.engine.codec import to_map
from sessions_app.models import Session
from tests.lost_transactions import lose_first
from tests.messaging.conftest import AT, FRIEND
from whatsapp_api.events.models import Event

PAST = 1_700_000_000.0
Incoming = Callable[..., MessageReceived]


def published(*kinds: str) -> list[str]:
    return [event.type for event in Event.objects.order_by("sequence") if not kinds or event.type in kinds]


def call(session: Session, phase: str, **fields) -> CallChanged:
    known = {"call_id": "C1", "sender": FRIEND, "chat": FRIEND, "caller": FRIEND.lid, "timestamp": AT}
    return CallChanged(session=str(session.pk), phase=phase, **{**known, **fields})


@pytest.mark.parametrize(
    ("phases", "status", "events"),
    [
        (["offer", "offer", "terminate", "terminate"], "missed", ["call.received", "call.ended"]),
        (["offer", "accept", "terminate"], "ended", ["call.received", "call.accepted", "call.ended"]),
        (["terminate", "offer"], "ended", ["call.ended"]),
    ],
)
def test_a_call_is_one_row_that_follows_it(session: Session, phases: list[str], status: str, events: list[str]) -> None:
    for phase in phases:
        call_store(session, call(session, phase, video=True))
    row = Message.objects.get(session=session)
    assert (row.kind, row.content["status"], row.content["video"], row.text) == ("call", status, True, "Video call")
    assert published() == events
    assert Chat.objects.get(session=session).unread == 0


def waiting(session: Session, wa_id: str = "3EB0AA") -> MessageWaiting:
    return MessageWaiting(session=str(session.pk), wa_id=wa_id, chat=FRIEND, sender=FRIEND, from_me=False, timestamp=AT)


def test_a_message_takes_the_place_of_its_placeholder(session: Session, incoming: Incoming) -> None:
    waiting_store(session, waiting(session))
    waiting_store(session, waiting(session))
    placeholder = Message.objects.get(session=session)
    assert placeholder.kind == "waiting"
    message_store(session, incoming(text="Finally here"))
    message_store(session, incoming(text="Finally here"))
    row = Message.objects.get(session=session)
    assert (row.pk, row.kind, row.text, row.words) == (placeholder.pk, "text", "Finally here", ["finally", "here"])
    assert published() == ["message.waiting", "message"]
    assert Chat.objects.get(session=session).unread == 1


def test_a_placeholder_that_comes_late_changes_nothing(session: Session, incoming: Incoming) -> None:
    message_store(session, incoming())
    waiting_store(session, waiting(session))
    assert Message.objects.get(session=session).kind == "text"
    assert published() == ["message"]


def test_reading_on_the_phone_lowers_the_count(session: Session, incoming: Incoming) -> None:
    for wa_id in ("A", "B", "C"):
        message_store(session, incoming(wa_id=wa_id))
    read = ChatRead(session=str(session.pk), chat=Person(lid=FRIEND.lid), wa_ids=["A", "B"])
    chat_read_elsewhere(session, read)
    chat_read_elsewhere(session, read)
    assert Chat.objects.get(session=session).unread == 1
    assert published("chat.update") == ["chat.update"]


def test_what_comes_while_a_chat_is_read_stays_unread(
    session: Session, incoming: Incoming, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_store(session, incoming(wa_id="A"))
    lose_first(monkeypatch, reading, meanwhile=lambda: message_store(session, incoming(wa_id="B")))
    chat_read_elsewhere(session, ChatRead(session=str(session.pk), chat=FRIEND, wa_ids=["A"]))
    assert Chat.objects.get(session=session).unread == 1


def history(session: Session, messages: list[MessageReceived], **fields) -> HistoryReceived:
    return HistoryReceived(
        session=str(session.pk), sync="recent", messages=[to_map(message) for message in messages], **fields
    )


def test_history_comes_once_in_its_place_and_quietly(session: Session, incoming: Incoming) -> None:
    message_store(session, incoming(wa_id="LIVE", text="live"))
    old = [incoming(wa_id=f"OLD{number}", text=f"old {number}", timestamp=PAST - 1000 * number) for number in (1, 2, 3)]
    other = Person(jid="34600000077@s.whatsapp.net", lid="77@lid")
    elsewhere = incoming(wa_id="X", chat=other, sender=other, timestamp=PAST - 10)
    told = [
        {"jid": other.jid, "lid": other.lid, "name": "Past", "unread": 2, "archived": True, "pinned": 0, "at": AT},
        {"jid": "34600000078@s.whatsapp.net", "lid": "", "name": "Empty", "unread": 0, "at": AT - 99},
    ]
    piece = history(
        session,
        [*old, incoming(wa_id="LIVE"), elsewhere],
        chats=told,
        last=True,
        counts={"chats": 2, "messages": 5, "names": 0},
    )
    for _ in range(2):
        history_store(session, piece)
    texts = list(
        Message.objects.filter(session=session, chat=FRIEND.jid).order_by("-id").values_list("text", flat=True)
    )
    assert texts == ["live", "old 1", "old 2", "old 3"]
    chats = {chat.name: chat for chat in Chat.objects.filter(session=session)}
    assert set(chats) == {"Ana", "Past", "Empty"}
    assert (chats["Past"].unread, chats["Past"].archived, chats["Past"].lid) == (2, True, other.lid)
    assert chats["Ana"].last_message_id == Message.objects.get(wa_id="LIVE").pk
    assert Event.objects.filter(type="history.synced")[0].payload == {
        "sync": "recent",
        "progress": 0,
        "chats": 2,
        "messages": 5,
        "names": 0,
    }
    assert published("message") == ["message"]

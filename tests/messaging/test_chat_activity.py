"""The list of chats follows the messages."""

from collections.abc import Callable

import pytest

from messaging.inbound import message_store
from messaging.models import Chat, Message
from messaging.services import message_create
from sessions_app.engine.base import MessageReceived, Person
from sessions_app.models import Session
from tests import factories

Incoming = Callable[..., MessageReceived]
FRIEND_LID = "100000000002@lid"


def only_chat(session: Session) -> Chat:
    return Chat.objects.get(session=session)


def test_messages_in_make_a_chat_and_count_as_unread(session: Session, incoming: Incoming) -> None:
    message_store(session, incoming(wa_id="A"))
    message_store(session, incoming(wa_id="B", text="Again"))
    message_store(session, incoming(wa_id="B", text="Again"))  # engines repeat themselves
    chat = only_chat(session)
    newest = Message.objects.get(session=session, wa_id="B")
    assert (chat.jid, chat.lid, chat.kind, chat.name) == (factories.FRIEND_JID, FRIEND_LID, "person", "Ana")
    assert (chat.unread, chat.last_message_id, chat.activity) == (2, newest.pk, newest.pk)
    assert chat.last_at == newest.timestamp


def test_a_message_out_moves_the_chat_up_and_leaves_unread_alone(session: Session, incoming: Incoming) -> None:
    message_store(session, incoming(wa_id="A"))
    sent = message_create(session=session, to=factories.FRIEND_JID, content={"text": "Hi"}, text="Hi")
    chat = only_chat(session)
    assert (chat.last_message_id, chat.unread) == (sent.pk, 1)


def test_who_writes_on_the_phone_has_read_the_chat(session: Session, incoming: Incoming) -> None:
    message_store(session, incoming(wa_id="A"))
    message_store(session, incoming(wa_id="B", from_me=True, sender=Person(jid=factories.OWN_JID)))
    assert only_chat(session).unread == 0


def test_reactions_are_nothing_to_read(session: Session, incoming: Incoming) -> None:
    message_store(session, incoming(wa_id="A", kind="reaction", text="👍"))
    assert only_chat(session).unread == 0


def test_a_person_known_by_the_lid_first_stays_one_chat(session: Session, incoming: Incoming) -> None:
    hidden = Person(lid=FRIEND_LID)
    message_store(session, incoming(wa_id="A", chat=hidden, sender=hidden))
    assert only_chat(session).jid == FRIEND_LID
    message_store(session, incoming(wa_id="B"))
    message_store(session, incoming(wa_id="C", chat=hidden, sender=hidden))
    message_create(session=session, to=FRIEND_LID, content={"text": "Hi"}, text="Hi")
    chat = only_chat(session)
    assert (chat.jid, chat.lid, chat.unread) == (factories.FRIEND_JID, FRIEND_LID, 3)
    assert set(Message.objects.filter(session=session).values_list("chat", flat=True)) == {factories.FRIEND_JID}


@pytest.mark.parametrize(
    ("jid", "kind"),
    [("123456789012345678@g.us", "group"), ("123456789012@newsletter", "channel"), ("status@broadcast", "status")],
)
def test_other_chats_do_not_take_the_name_of_who_wrote(
    session: Session, incoming: Incoming, jid: str, kind: str
) -> None:
    message_store(session, incoming(chat=Person(jid=jid)))
    chat = only_chat(session)
    assert (chat.kind, chat.name) == (kind, "")

"""Messages that reach the account are stored once and published once."""

import pytest

from messaging.inbound import message_store
from messaging.models import Direction, Message, MessageState
from sessions_app.engine.base import Person
from whatsapp_api.events.models import Event, EventType


def test_a_message_from_somebody_keeps_both_addresses(session, incoming):
    message_store(session, incoming())
    message = Message.objects.get()
    assert (message.direction, message.state, message.text) == (Direction.IN, MessageState.RECEIVED, "Hello")
    assert (message.chat, message.chat_lid) == ("34600000002@s.whatsapp.net", "100000000002@lid")
    assert (message.sender, message.sender_lid, message.push_name) == (message.chat, message.chat_lid, "Ana")
    assert message.raw == {"message": {"conversation": "Hello"}}
    event = Event.objects.get()
    assert (event.type, event.session_id) == (EventType.MESSAGE, session.pk)
    assert event.payload["chat"] == {"jid": message.chat, "lid": message.chat_lid, "phone": "+34600000002"}


def test_a_message_reported_again_changes_nothing(session, incoming):
    for _ in range(3):
        message_store(session, incoming())
    assert (Message.objects.count(), Event.objects.count()) == (1, 1)


def test_the_same_id_from_another_person_is_another_message(session, incoming):
    group = Person(jid="120363000000000001@g.us")
    for number in range(2):
        message_store(session, incoming(chat=group, sender=Person(lid=f"{number}@lid")))
    assert Message.objects.count() == 2


def test_a_message_written_on_the_phone_is_outgoing_and_sent(session, incoming):
    own = Person(jid=session.jid, lid=session.lid)
    message_store(session, incoming(from_me=True, sender=own))
    message = Message.objects.get()
    assert (message.direction, message.state, message.from_me) == (Direction.OUT, MessageState.SENT, True)
    assert message.sent_at == message.timestamp
    assert Event.objects.get().type == EventType.MESSAGE_CREATED


def test_a_person_known_only_by_lid_is_addressed_by_it(session, incoming):
    somebody = Person(lid="77@lid")
    message_store(session, incoming(chat=somebody, sender=somebody))
    message = Message.objects.get()
    assert (message.chat, message.chat_lid) == ("77@lid", "77@lid")


@pytest.mark.parametrize("kind", ["hologram", "something new"])
def test_a_kind_of_a_later_engine_is_kept_as_unknown(session, incoming, kind):
    message_store(session, incoming(kind=kind, text=""))
    assert Message.objects.get().kind == "unknown"


def test_hostile_lengths_do_not_stop_the_line(session, incoming):
    long = Person(jid="9" * 300, lid="8" * 300)
    message_store(session, incoming(chat=long, sender=long, push_name="x" * 1000, wa_id="y" * 500, quoted_id="z" * 500))
    assert Message.objects.count() == 1

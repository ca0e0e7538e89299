"""What a session ignores is neither stored nor published."""

import pytest

from messaging.inbound import message_store
from messaging.models import Message
from sessions_app.engine.base import Person
from whatsapp_api.events.models import Event

CHATS = {
    "ignore_groups": "120363000000000001@g.us",
    "ignore_status": "status@broadcast",
    "ignore_channels": "120363000000000002@newsletter",
}


@pytest.mark.parametrize("setting", CHATS)
def test_it_ignores_one_kind_of_chat_and_no_other(session, incoming, setting):
    setattr(session, setting, True)
    for number, chat in enumerate(CHATS.values()):
        message_store(session, incoming(chat=Person(jid=chat), wa_id=f"3EB0{number}"))
    message_store(session, incoming())

    stored = set(Message.objects.values_list("chat", flat=True))
    assert stored == {*CHATS.values(), "34600000002@s.whatsapp.net"} - {CHATS[setting]}
    assert Event.objects.count() == 3


def test_what_was_written_there_on_the_own_phone_is_ignored_as_well(session, incoming):
    session.ignore_groups = True
    message_store(session, incoming(chat=Person(jid=CHATS["ignore_groups"]), from_me=True))
    assert not Message.objects.exists()
    assert not Event.objects.exists()


def test_by_default_everything_is_stored(session, incoming):
    for number, chat in enumerate(CHATS.values()):
        message_store(session, incoming(chat=Person(jid=chat), wa_id=f"3EB0{number}"))
    assert Message.objects.count() == 3

"""What a session ignores is neither stored nor published, from the moment in which it was told to.

Its owner holds a row that it read before: here, the fixture's.
"""

import pytest

from messaging.history import history_store
from messaging.inbound import message_store
from messaging.models import Message
from messaging.unreadable import waiting_store
from sessions_app.engine.base import HistoryReceived, MessageWaiting, Person
from sessions_app.engine.codec import to_map
from sessions_app.models import Session
from whatsapp_api.events.models import Event

CHATS = {
    "ignore_groups": "120363000000000001@g.us",
    "ignore_status": "status@broadcast",
    "ignore_channels": "120363000000000002@newsletter",
}


@pytest.mark.parametrize("setting", CHATS)
def test_it_ignores_one_kind_of_chat_and_no_other(session, incoming, setting):
    Session.objects.update(**{setting: True})
    for number, chat in enumerate(CHATS.values()):
        message_store(session, incoming(chat=Person(jid=chat), wa_id=f"3EB0{number}"))
    message_store(session, incoming())

    stored = set(Message.objects.values_list("chat", flat=True))
    assert stored == {*CHATS.values(), "34600000002@s.whatsapp.net"} - {CHATS[setting]}
    assert Event.objects.count() == 3


def test_what_was_written_there_on_the_own_phone_is_ignored_as_well(session, incoming):
    Session.objects.update(ignore_groups=True)
    message_store(session, incoming(chat=Person(jid=CHATS["ignore_groups"]), from_me=True))
    assert not Message.objects.exists()
    assert not Event.objects.exists()


def test_by_default_everything_is_stored(session, incoming):
    for number, chat in enumerate(CHATS.values()):
        message_store(session, incoming(chat=Person(jid=chat), wa_id=f"3EB0{number}"))
    assert Message.objects.count() == 3


def test_neither_the_past_nor_what_cannot_be_read_yet_is_an_exception(session, incoming):
    Session.objects.update(ignore_groups=True)
    group, own = Person(jid=CHATS["ignore_groups"]), str(session.pk)
    past = [to_map(incoming(chat=group, wa_id="OLD1")), to_map(incoming(wa_id="OLD2"))]
    history_store(session, HistoryReceived(session=own, sync="recent", messages=past))
    for number, chat in enumerate((group, incoming().chat)):
        fields = {"chat": chat, "sender": incoming().sender, "from_me": False, "timestamp": 1_800_000_000.0}
        waiting_store(session, MessageWaiting(session=own, wa_id=f"WAITS{number}", **fields))
    assert set(Message.objects.values_list("wa_id", flat=True)) == {"OLD2", "WAITS1"}

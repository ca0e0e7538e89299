"""People by name: from messages, history and the address book, and from here; the list of chats follows."""

from collections.abc import Callable

import pytest

from messaging.inbound import message_store
from messaging.models import Chat, Contact
from messaging.people.contacts import contact_name, contacts_learn
from sessions_app.engine.base import HistoryReceived, MessageReceived, Person
from sessions_app.models import Session
from tests import factories

from .conftest import FRIEND
from .test_chat_activity import only_chat

Incoming = Callable[..., MessageReceived]


def names(session: Session) -> dict[str, str]:
    return dict(Contact.objects.filter(session=session).order_by("jid").values_list("jid", "name"))


def learn(session: Session, **told: str) -> None:
    contacts_learn(session.pk, [{"jid": FRIEND.jid, "lid": FRIEND.lid, **told}])


def test_what_counts_most_is_shown_and_the_chat_follows(session: Session, incoming: Incoming) -> None:
    message_store(session, incoming(push_name="annie"))
    assert (names(session), only_chat(session).name) == ({FRIEND.jid: "annie"}, "annie")
    learn(session, business_name="Ana's Flowers", push_name="annie")
    learn(session, full_name="Ana Flores", first_name="Ana")
    message_store(session, incoming(wa_id="2", push_name="annie 🌷"))
    assert only_chat(session).name == "Ana Flores"
    contact_name(session=session, address=FRIEND.lid, name="Florist")
    assert (names(session), only_chat(session).name) == ({FRIEND.jid: "Florist"}, "Florist")
    contact_name(session=session, address=FRIEND.jid, name="")
    contact = Contact.objects.get(session=session)
    assert (contact.name, contact.push_name, only_chat(session).name) == ("Ana Flores", "annie 🌷", "Ana Flores")


def test_a_chat_that_begins_later_has_the_name_that_is_known(session: Session, incoming: Incoming) -> None:
    learn(session, full_name="Ana Flores")
    message_store(session, incoming(push_name="annie"))
    assert only_chat(session).name == "Ana Flores"


def test_who_was_known_twice_is_one_person(session: Session) -> None:
    contacts_learn(session.pk, [{"jid": "", "lid": FRIEND.lid, "push_name": "annie"}])
    contacts_learn(session.pk, [{"jid": FRIEND.jid, "lid": "", "full_name": "Ana"}])
    assert names(session) == {FRIEND.lid: "annie", FRIEND.jid: "Ana"}
    learn(session, full_name="Ana")
    contact = Contact.objects.get(session=session)
    assert (contact.jid, contact.lid, contact.full_name, contact.push_name) == (FRIEND.jid, FRIEND.lid, "Ana", "annie")


def test_the_number_of_who_was_known_by_lid_is_learned(session: Session) -> None:
    contacts_learn(session.pk, [{"jid": "", "lid": FRIEND.lid, "push_name": "annie"}])
    learn(session, push_name="annie")
    assert names(session) == {FRIEND.jid: "annie"}


def test_history_and_groups_name_people_and_nobody_else(session: Session, incoming: Incoming) -> None:
    from messaging.history import history_store

    other = Person(jid="34600000077@s.whatsapp.net", lid="77@lid")
    chats = [
        {"jid": other.jid, "lid": other.lid, "name": "Mum", "saved_name": "Mum", "at": 1.0},
        {"jid": "1203630000001@g.us", "lid": "", "name": "Family", "saved_name": "Family", "at": 1.0},
    ]
    told = [{"jid": FRIEND.jid, "lid": "", "name": "annie"}, {"jid": "", "lid": "", "name": "nobody"}]
    history_store(session, HistoryReceived(session=str(session.pk), sync="recent", chats=chats, names=told))
    group = Person(jid="1203630000001@g.us")
    message_store(session, incoming(chat=group, sender=other, push_name="maria"))
    assert names(session) == {FRIEND.jid: "annie", other.jid: "Mum"}
    assert Chat.objects.get(jid=other.jid).name == "Mum"


def test_they_are_found_and_named_over_rest(session: Session) -> None:
    people = [{"jid": f"3460000010{n}@s.whatsapp.net", "lid": "", "full_name": f"Person {n}"} for n in range(3)]
    contacts_learn(session.pk, people)
    Session.objects.update(state="STOPPED")  # what is known is shown all the same
    api, url = factories.client(factories.superuser()), f"/api/v1/sessions/{session.pk}/contacts"
    assert [each["name"] for each in api.get(url).json()["results"]] == ["Person 2", "Person 1", "Person 0"]
    first = api.get(url, {"limit": 2}).json()
    assert [len(first["results"]), len(api.get(first["next"]).json()["results"])] == [2, 1]
    for search, found in (("person 1", "Person 1"), ("+34 600 000 102", "Person 2")):
        assert [each["name"] for each in api.get(url, {"search": search}).json()["results"]] == [found]
    named = api.put(f"{url}/+34600000100", {"name": " The first "}, format="json")
    assert (named.status_code, named.json()["name"], named.json()["full_name"]) == (200, "The first", "Person 0")
    assert named.json()["phone"] == "+34600000100"
    new = api.put(f"{url}/+34600000999", {"name": "Nobody wrote yet"}, format="json")
    assert (new.status_code, Contact.objects.count()) == (200, 4)
    for chat, body in (("+34600000100", {}), ("+34600000100", {"name": "x" * 201}), ("123@g.us", {"name": "x"})):
        assert api.put(f"{url}/{chat}", body, format="json").status_code == 400
    refused = api.get(url, {"refresh": "true"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "session_not_connected")


@pytest.fixture(autouse=True)
def fresh() -> None:
    """What one test has heard, the next one has not."""
    from messaging.people import contacts

    contacts._heard.clear()

"""Status updates: real neonize in a real host against the sandbox, both directions."""

import pytest

from sessions_app.engine.base import MessageReceived, Outgoing
from sessions_app.sandbox.client import wait_until

STATUS = "status@broadcast"


@pytest.fixture(scope="module")
def bob(module_sandbox):
    return module_sandbox.create_phone(name="Bob")


def post(linked, text, **more):
    message = Outgoing(ref=text, to=STATUS, content={"text": text, **more})
    return linked.host.send(linked.session, message, timeout=30).result(31)


def contacts(linked):
    return linked.host.call(linked.session, "contacts", {}, timeout=30).result(31)["results"]


def test_the_address_book_sees_a_status_and_nobody_else_does(module_linked, module_sandbox, bob):
    stranger = module_sandbox.create_phone(name="Stranger")
    module_linked.phone.save_contact(bob.number, "Bob Builder")
    wait_until(lambda: "Bob Builder" in str(contacts(module_linked)), what="the address book")
    sent = post(module_linked, "Closed on Monday")
    arrived = bob.wait_message(text="Closed on Monday")
    assert (arrived["chat"], arrived["id"]) == (STATUS, sent.wa_id)
    module_linked.phone.wait_message(text="Closed on Monday")  # its own phone shows it too
    assert stranger.messages() == []


def test_a_status_of_a_friend_arrives(module_linked, bob):
    bob.save_contact(module_linked.phone.number, "The shop")
    sent = bob.send(STATUS, "At the beach")
    received = lambda: [e for e in module_linked.report.of(MessageReceived) if e.text == "At the beach"]  # noqa: E731
    module_linked.report.wait(received)
    [event] = received()
    assert (event.chat.jid, event.wa_id) == (STATUS, sent["id"])
    assert event.sender.jid == f"{bob.number}@s.whatsapp.net"
    bob.wait_receipt(sent["id"])


def test_a_text_has_a_ground_and_is_taken_back(module_linked, bob):
    sent = post(module_linked, "On blue", background_color="#0000ff")
    raw = bob.wait_message(text="On blue")["raw"]["extendedTextMessage"]
    assert (raw["backgroundArgb"], raw["textArgb"]) == (0xFF0000FF, 0xFFFFFFFF)
    target = {"wa_id": sent.wa_id, "chat": STATUS, "from_me": True}
    revoke = Outgoing(ref="revoke", to=STATUS, kind="revoke", content={"target": target})
    module_linked.host.send(module_linked.session, revoke, timeout=30).result(31)
    assert bob.wait_message(kind="revoke", chat=STATUS)["target_id"] == sent.wa_id

"""Phones are created, changed and deleted."""

import time

import pytest

from sessions_app.sandbox.client import SandboxClientError


@pytest.fixture
def api(sandbox_process):
    return sandbox_process.client


def test_a_phone_has_what_it_was_given(api):
    info = api.create_phone("+62 812-3456", name="Ani", auto_receipt="none", echo=True).info()
    assert (info["phone"], info["name"], info["auto_receipt"], info["echo"]) == ("628123456", "Ani", "none", True)
    assert info["jid"] == "628123456@s.whatsapp.net"
    assert info["lid"].endswith("@lid")
    assert info["devices"] == []


def test_numbers_and_lids_differ(api):
    infos = [api.create_phone().info() for _ in range(20)]
    assert len({info["phone"] for info in infos} | {info["lid"] for info in infos}) == 40


def test_it_changes(api):
    phone = api.create_phone()
    assert phone.change(name="New", online=False)["name"] == "New"
    assert phone.info()["online"] is False
    with pytest.raises(SandboxClientError, match="phone_offline"):
        phone.send(api.create_phone().number, "hello")


def test_a_bad_change_changes_nothing(api):
    phone = api.create_phone()
    with pytest.raises(SandboxClientError):
        phone.change(echo=True, online="maybe")
    assert phone.info()["echo"] is False


def test_it_is_deleted(api):
    phone = api.create_phone()
    phone.delete()
    assert phone.number not in [each.number for each in api.phones()]
    with pytest.raises(SandboxClientError, match="not_found"):
        phone.info()


def test_a_reader_waits_for_a_message_no_longer_than_it_wants(api):
    started = time.monotonic()
    assert api.create_phone().messages(wait=0.1) == []
    assert 0.1 <= time.monotonic() - started < 30


def test_messages_can_be_read_page_by_page(api):
    alice, carl = api.create_phone(), api.create_phone()
    for number in range(5):
        alice.send(carl.number, str(number))
    assert [message["text"] for message in carl.messages(limit=2)] == ["0", "1"]
    assert [message["text"] for message in carl.messages(after=2, limit=2)] == ["2", "3"]


def test_messages_of_one_chat(api):
    alice, bob, carl = api.create_phone(), api.create_phone(), api.create_phone()
    alice.send(carl.number, "from alice")
    bob.send(carl.number, "from bob")
    assert [message["text"] for message in carl.messages(chat=bob.number)] == ["from bob"]
    assert [message["text"] for message in carl.messages(chat=bob.info()["lid"])] == ["from bob"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"location": {"latitude": -6.2, "longitude": 106.8}}, "location"),
        ({"contact": {"name": "Bob", "vcard": "BEGIN:VCARD"}}, "contact"),
        ({"poll": {"question": "Lunch?", "options": ["yes", "no"]}}, "poll"),
    ],
)
def test_other_kinds_of_messages(api, content, kind):
    alice, carl = api.create_phone(), api.create_phone()
    sent = alice.send(carl.number, **content)
    assert carl.wait_message(id=sent["id"])["kind"] == kind


def test_a_reaction_points_to_its_message(api):
    alice, carl = api.create_phone(), api.create_phone()
    sent = alice.send(carl.number, "funny")
    carl.send(alice.number, reaction={"id": sent["id"], "emoji": "😂"})
    assert alice.wait_message(kind="reaction")["target_id"] == sent["id"]


def test_a_chosen_message_id_is_kept(api):
    alice, carl = api.create_phone(), api.create_phone()
    assert alice.send(carl.number, "hello", id="CHOSEN1")["id"] == "CHOSEN1"
    carl.wait_message(id="CHOSEN1")


def test_phones_that_echo_do_not_echo_each_other_for_ever(api):
    alice, carl = api.create_phone(echo=True), api.create_phone(echo=True)
    alice.send(carl.number, "hello?")
    alice.wait_message(text="hello?")
    assert [message["from_me"] for message in carl.messages()] in ([False], [False, True])
    assert len(alice.messages()) <= 2

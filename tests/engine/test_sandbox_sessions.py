"""Everyday life of a session: real neonize in a real host against the sandbox."""

import stat

import pytest

from sessions_app.engine.base import (
    MessageReceived,
    Outgoing,
    Paired,
    PairingCode,
    QrCode,
    ReceiptReceived,
    SendFinished,
    StartOptions,
)
from sessions_app.engine.errors import EngineError, InvalidTarget, NotConnected, Refused, Unsupported
from sessions_app.engine.states import Reason, State
from sessions_app.engine.store import database_path, paired_jid
from sessions_app.sandbox.client import wait_until
from tests.engine.hosts import running_host


@pytest.fixture
def friend(sandbox):
    return sandbox.create_phone(name="Friend")


def jid(phone):
    return f"{phone.number}@s.whatsapp.net"


def send(linked, to, text, ref="1", **changes):
    message = Outgoing(ref=ref, to=to, content={"text": text}, **changes)
    return linked.host.send(linked.session, message, timeout=30).result(31)


# ---- linking ---------------------------------------------------------------------------------------


def test_a_scan_links_the_session_and_says_to_whom(linked):
    [paired] = linked.report.of(Paired)
    info = linked.phone.info()
    assert (paired.jid, paired.lid) == (jid(linked.phone), info["lid"])
    assert linked.report.states() == [State.STARTING, State.SCAN_QR, State.CONNECTED]
    [seq] = [seq for event, seq in linked.report.events if isinstance(event, Paired)]
    assert seq


def test_a_qr_code_says_how_long_it_can_be_shown(host, tmp_path):
    host.host.session_start("one", StartOptions(store=str(tmp_path / "one"))).result(60)
    state = host.wait_for_state(State.SCAN_QR)
    [code] = host.of(QrCode)
    assert code.payload.startswith("https://wa.me/settings/linked_devices#")
    assert (code.index, code.total) == (1, 6)
    assert 30 < code.expires_at - state.at < 61  # 60 from the code on; a later one is shown for 20


def test_the_store_is_closed_to_others_and_holds_the_account(linked):
    assert paired_jid(linked.store).startswith(linked.phone.number)
    assert paired_jid(linked.store, opened_before=True) == paired_jid(linked.store)
    assert stat.S_IMODE(linked.store.stat().st_mode) == 0o700
    assert stat.S_IMODE(database_path(linked.store).stat().st_mode) == 0o600
    assert database_path(linked.store).with_name("neonize.db-wal").exists()


def test_the_phone_lists_the_name_we_gave(host, sandbox, tmp_path):
    phone = sandbox.create_phone()
    host.host.session_start("one", StartOptions(store=str(tmp_path / "one"), device_name="Shop desk")).result(60)
    host.wait_for_state(State.SCAN_QR)
    phone.scan(host.of(QrCode)[0].payload)
    host.wait_for_state(State.CONNECTED)
    assert "Shop desk" in str(phone.devices())


def test_a_pairing_code_links_without_a_scan(host, sandbox, tmp_path):
    phone = sandbox.create_phone()
    options = StartOptions(store=str(tmp_path / "one"), pairing="code", phone=phone.number)
    host.host.session_start("one", options).result(60)
    host.wait_for_state(State.PAIRING_CODE)
    [code] = host.of(PairingCode)
    assert len(code.code) == 9
    assert code.phone == phone.number
    phone.pair(code.code)
    host.wait_for_state(State.CONNECTED)
    assert host.of(QrCode) == []
    assert host.of(Paired)[0].jid == jid(phone)


def test_a_linked_session_moves_to_another_host(linked, sandbox, friend):
    assert linked.host.session_stop("one").result(60) is True
    with running_host("sandbox", SANDBOX_URL=sandbox.url) as other:
        other.host.session_start("one", linked.options()).result(60)
        other.wait_for_state(State.CONNECTED)
        assert other.states() == [State.STARTING, State.CONNECTED]
        friend.send(linked.phone.number, "still there?")
        other.wait(lambda: other.of(MessageReceived))


def test_a_session_restarts_in_its_host(linked, friend):
    for _ in range(3):
        assert linked.host.session_stop("one").result(60) is True
        linked.host.session_start("one", linked.options()).result(60)
        linked.wait_for(State.CONNECTED)
    assert send(linked, jid(friend), "hello").wa_id


def test_a_store_that_should_hold_an_account_but_does_not_asks_for_no_scan(host, tmp_path):
    host.host.session_start("one", StartOptions(store=str(tmp_path / "one"), expect_paired=True)).result(60)
    assert host.wait_for_state(State.LOGGED_OUT).reason is Reason.CREDENTIALS_LOST
    assert host.of(QrCode) == []


def test_two_sessions_paired_and_started_at_once_both_come_up(host, link, sandbox):
    sessions = [link(host, name) for name in ("one", "two", "three", "four", "five", "six")]
    with running_host("sandbox", SANDBOX_URL=sandbox.url) as other:
        host.host.kill()
        host.wait_for_exit()
        futures = [other.host.session_start(each.session, each.options()) for each in sessions]
        for future in futures:
            future.result(60)
        other.wait(lambda: other.states().count(State.CONNECTED) == len(sessions))
        assert [other.host.session_stop(each.session).result(60) for each in sessions] == [True] * len(sessions)
        assert other.host.alive


# ---- messages --------------------------------------------------------------------------------------


def test_a_text_reaches_a_phone(linked, friend):
    finished = send(linked, jid(friend), "¡Hola! 👋")
    received = friend.wait_message(text="¡Hola! 👋")
    assert received["id"] == finished.wa_id
    assert finished.ref == "1"
    assert linked.report.of(SendFinished) == [finished]
    assert abs(finished.timestamp - received["timestamp"]) < 5


def test_a_text_with_mentions_and_links_is_sent_as_it_is(linked, friend):
    text = "see @34600111222 and @120363000000000000@g.us and https://example.invalid/x"
    send(linked, jid(friend), text)
    assert friend.wait_message(text=text)


def test_a_text_to_a_lid_reaches_its_phone(linked, friend):
    send(linked, jid(friend), "first")
    send(linked, friend.info()["lid"], "second")
    assert friend.wait_message(text="second")


def test_a_message_arrives_with_both_addresses_of_its_sender(linked, friend):
    sent = friend.send(linked.phone.number, "question?")
    linked.report.wait(lambda: linked.report.of(MessageReceived))
    [message] = linked.report.of(MessageReceived)
    assert (message.wa_id, message.kind, message.text, message.push_name) == (sent["id"], "text", "question?", "Friend")
    assert (message.chat.jid, message.chat.lid) == (jid(friend), friend.info()["lid"])
    assert message.sender == message.chat
    assert not message.from_me
    assert abs(message.timestamp - sent["timestamp"]) < 5
    assert message.raw["message"]["conversation"] == "question?"


def test_what_the_owner_writes_on_the_phone_comes_as_from_me(linked, friend):
    linked.phone.send(friend.number, "from my pocket")
    linked.report.wait(lambda: linked.report.of(MessageReceived))
    [message] = linked.report.of(MessageReceived)
    assert message.from_me
    assert (message.chat.jid, message.chat.lid) == (jid(friend), friend.info()["lid"])
    assert (message.sender.jid, message.sender.lid) == (jid(linked.phone), linked.phone.info()["lid"])


def test_receipts_say_how_far_a_message_got(linked, friend):
    wa_id = send(linked, jid(friend), "read me").wa_id
    friend.wait_message(text="read me")
    friend.read(wa_id)
    linked.report.wait(lambda: {receipt.kind for receipt in linked.report.of(ReceiptReceived)} >= {"delivered", "read"})
    for receipt in linked.report.of(ReceiptReceived):
        assert receipt.wa_ids == [wa_id]
        assert (receipt.chat.jid, receipt.chat.lid) == (jid(friend), friend.info()["lid"])


def test_linking_itself_brings_no_messages(linked, friend):
    friend.send(linked.phone.number, "only this")
    linked.report.wait(lambda: linked.report.of(MessageReceived))
    assert [message.text for message in linked.report.of(MessageReceived)] == ["only this"]


def test_messages_that_came_while_the_session_was_stopped_arrive_at_the_next_start(linked, friend):
    assert linked.host.session_stop("one").result(60)
    for number in range(3):
        friend.send(linked.phone.number, f"while away {number}")
    linked.host.session_start("one", linked.options()).result(60)
    linked.report.wait(lambda: len(linked.report.of(MessageReceived)) == 3)


# ---- requests that fail ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "to",
    [
        "",
        "34600111222",
        "+34600111222@s.whatsapp.net",
        "34 600@s.whatsapp.net",
        "abc@lid",
        "1@example.com",
        "34600111222:1@s.whatsapp.net",
        "@g.us",
        "1@newsletter",
        "0034600@s.whatsapp.net",
        "x" * 5000,
    ],
)
def test_it_refuses_what_is_no_address(linked, to):
    with pytest.raises(InvalidTarget):
        send(linked, to, "x")


def test_a_number_without_account_is_an_invalid_target(linked):
    with pytest.raises(InvalidTarget, match="not on WhatsApp"):
        send(linked, "34999999999@s.whatsapp.net", "x")


def test_a_refusal_keeps_whatsapps_number(linked, friend, sandbox):
    sandbox.fault("nack", account=linked.phone.number, error=463)
    with pytest.raises(Refused) as caught:
        send(linked, jid(friend), "x")
    assert caught.value.code == "reachout_timelock"
    assert send(linked, jid(friend), "y").wa_id


def test_a_rate_limit_keeps_whatsapps_number(linked, friend, sandbox):
    sandbox.fault("iq_429", account=linked.phone.number)
    with pytest.raises(Refused) as caught:
        send(linked, jid(friend), "x")
    assert caught.value.code == "whatsapp_rate_limited"


@pytest.mark.parametrize("content", [{}, {"text": ""}, {"text": 5}, {"text": None}])
def test_it_refuses_a_text_without_text(linked, friend, content):
    with pytest.raises(EngineError) as caught:
        linked.host.send("one", Outgoing(ref="1", to=jid(friend), content=content), timeout=30).result(31)
    assert caught.value.code == "invalid_arguments"


def test_kinds_that_are_not_there_yet_are_unsupported(linked, friend):
    with pytest.raises(Unsupported):
        send(linked, jid(friend), "x", kind="hologram")


# ---- other calls -----------------------------------------------------------------------------------


def call(linked, method, **arguments):
    return linked.host.call("one", method, arguments, timeout=30).result(31)


def test_it_tells_which_numbers_have_an_account(linked, friend):
    answer = call(linked, "is_on_whatsapp", phones=[friend.number, "+34999999999"])
    assert answer == {
        "results": [
            {"phone": friend.number, "exists": True, "jid": jid(friend), "lid": friend.info()["lid"]},
            {"phone": "34999999999", "exists": False, "jid": "", "lid": ""},
        ]
    }


def test_it_translates_addresses_that_it_has_met(linked, friend):
    send(linked, jid(friend), "x")
    lid = friend.info()["lid"]
    assert call(linked, "lid_for", jid=jid(friend)) == {"lid": lid}
    assert call(linked, "phone_for", lid=lid) == {"jid": jid(friend)}
    assert call(linked, "phone_for", lid="99999@lid") == {"jid": ""}


def test_messages_are_marked_as_read(linked, friend):
    wa_id = friend.send(linked.phone.number, "read this")["id"]
    linked.report.wait(lambda: linked.report.of(MessageReceived))
    assert call(linked, "mark_read", chat=friend.info()["lid"], sender=friend.info()["lid"], ids=[wa_id]) == {}
    assert friend.wait_receipt(wa_id, type="read")


@pytest.mark.parametrize(("state", "seen"), [("typing", "composing"), ("recording", "recording"), ("paused", "paused")])
def test_typing_is_shown(linked, friend, state, seen):
    send(linked, jid(friend), "x")
    assert call(linked, "chat_presence", chat=friend.info()["lid"], state=state) == {}
    assert friend.wait_notice("typing", state=seen)


def test_presence_is_set_on_request(linked):
    def available():
        try:
            return call(linked, "presence", available=True) == {}
        except EngineError as error:
            assert error.code == "not_ready"  # until the phone has shared the account's name

    wait_until(available)
    assert call(linked, "presence", available=False) == {}


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("is_on_whatsapp", {}, "invalid_arguments"),
        ("is_on_whatsapp", {"phones": []}, "invalid_arguments"),
        ("is_on_whatsapp", {"phones": ["34600111222"] * 51}, "invalid_arguments"),
        ("is_on_whatsapp", {"phones": ["34600111222 34600111223"]}, "invalid_target"),
        ("mark_read", {"chat": "1@lid", "ids": ["A B"]}, "invalid_arguments"),
        ("mark_read", {"chat": "nobody", "ids": ["A"]}, "invalid_target"),
        ("chat_presence", {"chat": "1@lid", "state": "dancing"}, "invalid_arguments"),
        ("lid_for", {"jid": "1@lid"}, "invalid_target"),
        ("phone_for", {}, "invalid_target"),
        ("create_group", {}, "unsupported"),
        ("__class__", {}, "unsupported"),
    ],
)
def test_calls_check_their_arguments(linked, method, arguments, code):
    with pytest.raises(EngineError) as caught:
        call(linked, method, **arguments)
    assert caught.value.code == code


def test_logging_out_unlinks_the_device_at_the_phone(linked):
    linked.host.session_logout("one").result(60)
    assert linked.wait_for(State.LOGGED_OUT).reason is Reason.LOGGED_OUT
    assert linked.phone.devices() == []
    with pytest.raises(NotConnected):
        send(linked, "34600111222@s.whatsapp.net", "x")
    assert linked.host.session_stop("one").result(60) is True
    assert linked.report.states()[-1] is State.LOGGED_OUT
    assert paired_jid(linked.store, opened_before=True) == ""

"""What the real engine tells of people and does for a profile, against the sandbox."""

import base64
import io

import pytest
from PIL import Image

from sessions_app.engine.base import (
    CallChanged,
    ChatRead,
    HistoryReceived,
    MessageReceived,
    MessageWaiting,
    PresenceChanged,
    QrCode,
    StartOptions,
)
from sessions_app.engine.errors import EngineError
from sessions_app.engine.states import State
from sessions_app.sandbox.client import wait_until


@pytest.fixture
def friend(sandbox):
    return sandbox.create_phone(name="Friend")


def jid(phone):
    return f"{phone.number}@s.whatsapp.net"


def call(linked, method, **arguments):
    return linked.host.call(linked.session, method, arguments, timeout=30).result(31)


def call_when_ready(linked, method, **arguments):
    """Some things need keys that the phone shares a moment after linking."""

    def done():
        try:
            return call(linked, method, **arguments) is not None
        except EngineError as error:
            assert error.code == "not_ready"
            return False

    wait_until(done, what=method)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(out, "JPEG")
    return out.getvalue()


def test_it_reads_what_people_show(linked, friend):
    friend.card(about="At the beach", business="Friends Ltd", picture=base64.b64encode(picture()).decode())
    [info] = call(linked, "user_info", jids=[jid(friend)])["results"]
    assert (info["about"], info["business_name"]) == ("At the beach", "Friends Ltd")
    shown = call(linked, "profile_picture", jid=jid(friend))
    assert shown["id"] == info["picture_id"] == friend.card()["picture_id"]
    assert shown["url"].startswith("https://")
    friend.card(privacy={"profile": "none"})
    assert call(linked, "profile_picture", jid=jid(friend))["id"] == ""
    friend.card(picture="", privacy={"profile": "all"})
    assert call(linked, "profile_picture", jid=jid(friend))["id"] == ""


def test_it_changes_its_own_profile_and_privacy(linked):
    call_when_ready(linked, "profile_name_set", name="Front desk")
    wait_until(lambda: linked.phone.info()["name"] == "Front desk", what="the name on the phone")
    call(linked, "profile_about_set", about="Open until six")
    changed = call(linked, "profile_picture_set", data=picture())
    assert call(linked, "user_info", jids=[jid(linked.phone)])["results"][0]["about"] == "Open until six"
    card = linked.phone.card()
    assert (card["about"], card["picture_id"]) == ("Open until six", changed["id"])
    assert call(linked, "privacy")["last_seen"] == "all"
    after = call(linked, "privacy_set", name="last_seen", value="contacts")
    assert (after["last_seen"], after["online"]) == ("contacts", "all")
    assert linked.phone.card()["privacy"]["last"] == "contacts"
    for method, arguments in (("profile_picture_set", {"data": "/etc/passwd"}), ("privacy_set", {"name": "x"})):
        with pytest.raises(EngineError) as refused:
            call(linked, method, **arguments)
        assert refused.value.code == "invalid_arguments"


def test_it_keeps_somebody_out(linked, friend):
    assert call(linked, "blocklist") == {"jids": []}
    lid = friend.info()["lid"]
    assert call(linked, "block", jid=lid) == {"jids": [lid]}
    friend.send(linked.phone.number, "Are you there?")
    assert call(linked, "unblock", jid=lid) == {"jids": []}
    friend.send(linked.phone.number, "And now?")
    linked.report.wait(lambda: linked.report.of(MessageReceived))
    assert [message.text for message in linked.report.of(MessageReceived)] == ["And now?"]


def test_it_hears_of_presence_and_typing(linked, friend):
    call_when_ready(linked, "presence", available=True)
    call(linked, "presence_subscribe", jid=jid(friend))
    for state in ("composing", "recording", "paused"):
        friend.presence(state, to=linked.phone.number)

    def states():
        friend.presence("available")
        return {event.shows for event in linked.report.of(PresenceChanged)}

    wait_until(lambda: {"typing", "recording", "paused", "available"} <= states(), what="all states")
    heard = linked.report.of(PresenceChanged)
    assert {event.sender.jid for event in heard} == {jid(friend)}


def test_it_hears_calls_and_refuses_them(linked, friend):
    call_id = friend.call(linked.phone.number, video=True)
    linked.report.wait(lambda: linked.report.of(CallChanged))
    [ringing] = linked.report.of(CallChanged)
    assert (ringing.call_id, ringing.phase, ringing.video) == (call_id, "offer", True)
    assert (ringing.sender.jid, ringing.sender.lid) == (jid(friend), friend.info()["lid"])
    call(linked, "call_reject", caller=ringing.caller, call_id=call_id)
    friend.wait_notice("call", event="reject", call_id=call_id)
    friend.hang_up(linked.phone.number, call_id)
    linked.report.wait(lambda: [event.phase for event in linked.report.of(CallChanged)] == ["offer", "terminate"])


def test_a_message_that_cannot_be_read_comes_again(linked, friend, sandbox):
    friend.send(linked.phone.number, "first")  # the session is open now
    linked.report.wait(lambda: len(linked.report.of(MessageReceived)) == 1)
    sandbox.fault("garble", account=linked.phone.number, device=linked.phone.devices()[0]["device"])
    sent = friend.send(linked.phone.number, "second")
    linked.report.wait(lambda: linked.report.of(MessageWaiting))
    [waiting] = linked.report.of(MessageWaiting)
    assert (waiting.wa_id, waiting.sender.jid, waiting.from_me) == (sent["id"], jid(friend), False)
    linked.report.wait(lambda: len(linked.report.of(MessageReceived)) == 2)
    again = linked.report.of(MessageReceived)[1]
    assert (again.wa_id, again.text, again.chat) == (sent["id"], "second", waiting.chat)


def test_what_the_phone_reads_is_read_here(linked, friend):
    sent = friend.send(linked.phone.number, "Hello")
    linked.report.wait(lambda: linked.report.of(MessageReceived))
    linked.phone.wait_message(text="Hello")
    linked.phone.read(sent["id"])
    linked.report.wait(lambda: linked.report.of(ChatRead))
    [read] = linked.report.of(ChatRead)
    assert (read.wa_ids, read.chat.jid) == ([sent["id"]], jid(friend))


@pytest.mark.parametrize(("history", "expected"), [("full", 12 * 60), ("limited", 12 * 5), ("off", 0)])
def test_a_phone_tells_its_past(host, sandbox, tmp_path, history, expected):
    phone = sandbox.create_phone(past_chats=12, past_messages=60)
    options = StartOptions(store=str(tmp_path / "one"), history=history, history_messages=5)
    host.host.session_start("one", options).result(60)
    host.wait(lambda: host.of(QrCode))
    phone.scan(host.of(QrCode)[0].payload)
    host.wait_for_state(State.CONNECTED)

    def told():
        return [event for event in host.of(HistoryReceived) if event.sync == "recent"]

    if history == "off":
        assert told() == []
        return
    host.wait(lambda: told() and told()[-1].last and told()[-1].progress == 100, within=60)
    messages = [message for event in told() for message in event.messages]
    assert len(messages) == expected
    assert max(len(event.messages) for event in told()) <= 200
    chats = [chat for event in told() for chat in event.chats]
    assert len(chats) == 12
    newest = messages[0]
    assert newest["chat"]["jid"].endswith("@s.whatsapp.net")
    assert newest["chat"]["lid"].endswith("@lid")
    assert (chats[9]["archived"], chats[2]["unread"]) == (True, 2)

"""Channels: real neonize in a real host against the sandbox, both directions."""

import pytest

from sessions_app.engine.base import MessageReceived, Outgoing
from sessions_app.engine.errors import EngineError, InvalidTarget, Refused
from sessions_app.sandbox.client import wait_until


@pytest.fixture(scope="module")
def bob(module_sandbox):
    return module_sandbox.create_phone(name="Bob")


def ask(linked, method, **arguments):
    return linked.host.call(linked.session, method, arguments, timeout=30).result(31)


def send(linked, to, text):
    message = Outgoing(ref=text, to=to, content={"text": text})
    return linked.host.send(linked.session, message, timeout=30).result(31)


def test_a_channel_is_made_and_written_in(module_linked, module_sandbox, bob):
    channel = ask(module_linked, "channel_create", name="Kitchen", description="Recipes")["channel"]
    assert (channel["name"], channel["description"], channel["role"]) == ("Kitchen", "Recipes", "owner")
    assert (channel["subscribers"], channel["muted"], channel["state"]) == (1, False, "active")
    module_sandbox.channel(channel["jid"]).follow(bob)
    assert send(module_linked, channel["jid"], "soup").wa_id
    assert bob.wait_message(text="soup", chat=channel["jid"])["from"] == channel["jid"]


def test_a_channel_is_found_followed_muted_and_left(module_linked, module_sandbox, bob):
    theirs = module_sandbox.create_channel(bob, "Garden", "Plants")
    code = theirs.info()["invite"]
    assert ask(module_linked, "channel_preview", code=code)["channel"]["jid"] == theirs.jid
    assert ask(module_linked, "channel_info", channel=theirs.jid)["channel"]["role"] == "guest"
    ask(module_linked, "channel_follow", channel=theirs.jid)
    ask(module_linked, "channel_mute", channel=theirs.jid, on=True)
    channel = ask(module_linked, "channel_info", channel=theirs.jid)["channel"]
    assert (channel["role"], channel["muted"], channel["invite_code"]) == ("subscriber", True, code)
    assert channel in ask(module_linked, "channel_list")["channels"]
    ask(module_linked, "channel_mute", channel=theirs.jid, on=False)
    assert not ask(module_linked, "channel_info", channel=theirs.jid)["channel"]["muted"]
    ask(module_linked, "channel_unfollow", channel=theirs.jid)
    assert theirs.jid not in {each["jid"] for each in ask(module_linked, "channel_list")["channels"]}


def test_a_post_arrives_and_is_reacted_to(module_linked, module_sandbox, bob):
    theirs = module_sandbox.create_channel(bob, "Weather")
    ask(module_linked, "channel_follow", channel=theirs.jid)
    posted = theirs.post(bob, "sunny")
    received = lambda: [e for e in module_linked.report.of(MessageReceived) if e.text == "sunny"]  # noqa: E731
    module_linked.report.wait(received)
    [event] = received()
    assert (event.chat.jid, event.sender.jid, event.wa_id) == (theirs.jid, theirs.jid, posted["id"])
    assert event.raw["info"]["ServerID"] == str(posted["server_id"])
    reactions = lambda: theirs.info()["posts"][0]["reactions"]  # noqa: E731
    ask(module_linked, "channel_react", channel=theirs.jid, server_id=posted["server_id"], reaction="👍")
    wait_until(lambda: reactions() == {"👍": 1}, what="the reaction")
    ask(module_linked, "channel_react", channel=theirs.jid, server_id=posted["server_id"], reaction="")
    wait_until(lambda: reactions() == {}, what="its end")


def test_what_whatsapp_refuses_is_told(module_linked, module_sandbox, bob):
    theirs = module_sandbox.create_channel(bob, "Closed")
    with pytest.raises(Refused) as refused:
        send(module_linked, theirs.jid, "let me in")
    assert refused.value.code == "whatsapp_not_allowed"
    with pytest.raises(Refused) as refused:
        ask(module_linked, "channel_info", channel="120363999999999999@newsletter")
    assert refused.value.code == "whatsapp_not_found"
    with pytest.raises(InvalidTarget):
        ask(module_linked, "channel_info", channel="120363999999999999@g.us")
    with pytest.raises(EngineError, match="server_id"):
        ask(module_linked, "channel_react", channel=theirs.jid, server_id=True, reaction="x")

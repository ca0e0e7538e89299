"""Posts of channels that are changed and deleted."""

import pytest

from sessions_app.sandbox.client import SandboxClient, wait_until

from .conftest import Talk


@pytest.mark.feature("channel.edit", "channel.revoke", "channel.text")
def test_a_post_is_changed_and_deleted(talk: Talk) -> None:
    made = talk.api.post(f"/sessions/{talk.session}/channels", {"name": "Menu"})
    channel = SandboxClient(talk.api.platform.sandbox_url).channel(made["jid"])
    post = talk.post("text", to=made["jid"], text="Sop")
    edit = talk.post("edit", message=post["id"], text="Soup")
    wait_until(lambda: [each["text"] for each in channel.info()["posts"]] == ["Soup"], what="the change")
    assert channel.info()["posts"][0]["id"] == post["wa_id"]
    assert edit["wa_id"] is None  # it went out under the id of the post
    changed = talk.message(post["id"])
    assert (changed["text"], changed["content"]["original_text"]) == ("Soup", "Sop")

    talk.post("revoke", message=post["wa_id"])
    wait_until(lambda: channel.info()["posts"][0]["deleted"], what="the deletion")
    assert talk.message(post["id"])["revoked_at"]


@pytest.mark.feature("channel_follow")
def test_a_followed_post_is_changed(talk: Talk) -> None:
    channel = SandboxClient(talk.api.platform.sandbox_url).create_channel(talk.friend, "Weather")
    talk.api.http.put(f"/sessions/{talk.session}/channels/{channel.jid}/follow").raise_for_status()
    wait_until(lambda: talk.own.info()["lid"] in channel.info()["followers"], what="the follower")
    post = channel.post(talk.friend, "Suny")
    theirs = talk.heard("message", post["id"])
    channel.post(talk.friend, "Sunny", edits=post["id"])
    event = talk.events.wait_for("message.edited", lambda payload: payload["quoted_id"] == post["id"])["payload"]
    assert (event["target"]["id"], event["target"]["text"]) == (theirs["id"], "Sunny")
    assert event["target"]["edited_at"] >= theirs["timestamp"][:19]
    channel.post(talk.friend, "Sunny, then rain", edits=post["id"])
    talk.until(theirs["id"], lambda message: message["text"] == "Sunny, then rain")

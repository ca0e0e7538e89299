"""What is said about an earlier message, by us and by others, and what becomes of that message."""

import pytest

from .conftest import OWN, Talk


@pytest.mark.feature("send.reaction", "receive.reaction")
def test_reactions_are_set_replaced_and_removed(talk: Talk) -> None:
    asked = talk.write("Like this?")
    got = talk.arrived(talk.post("reaction", message=asked["id"], emoji="👍"))
    assert (got["kind"], got["text"], got["target_id"]) == ("reaction", "👍", asked["wa_id"])
    assert [each["emoji"] for each in talk.message(asked["id"])["reactions"]] == ["👍"]
    assert talk.arrived(talk.post("reaction", message=asked["wa_id"], emoji=""))["text"] == ""
    assert talk.message(asked["id"])["reactions"] == []

    ours = talk.send("text", text="React to me")
    for emoji, left in (("😀", ["😀"]), ("🎉", ["🎉"]), ("", [])):
        sent = talk.friend.send(OWN, reaction={"id": ours["id"], "emoji": emoji})
        event = talk.heard("message.reaction", sent["id"])
        assert event["content"]["emoji"] == emoji
        assert [each["emoji"] for each in event["target"]["reactions"]] == left
        assert event["target"]["text"] == "React to me"


@pytest.mark.feature("send.edit", "receive.edit")
def test_edits(talk: Talk) -> None:
    ours = talk.post("text", to=f"+{talk.friend.number}", text="Until sx")
    got = talk.arrived(talk.post("edit", message=ours["id"], text="Until six"))
    assert (got["kind"], got["text"], got["target_id"]) == ("edit", "Until six", ours["wa_id"])
    edited = talk.message(ours["id"])
    assert (edited["text"], edited["content"]["original_text"]) == ("Until six", "Until sx")
    assert edited["edited_at"]

    theirs = talk.write("Helo")
    sent = talk.friend.send(OWN, edit={"id": theirs["wa_id"], "text": "Hello"})
    event = talk.heard("message.edited", sent["id"])
    assert (event["target"]["id"], event["target"]["text"]) == (theirs["id"], "Hello")


@pytest.mark.feature("send.revoke", "receive.revoke")
def test_messages_are_taken_back(talk: Talk) -> None:
    ours = talk.post("text", to=f"+{talk.friend.number}", text="Oops")
    got = talk.arrived(talk.post("revoke", message=ours["wa_id"]))
    assert (got["kind"], got["target_id"]) == ("revoke", ours["wa_id"])
    assert talk.message(ours["id"])["revoked_at"]

    theirs = talk.write("Oops as well")
    sent = talk.friend.send(OWN, revoke={"id": theirs["wa_id"]})
    event = talk.heard("message.revoked", sent["id"])
    assert event["target"]["id"] == theirs["id"]
    assert event["target"]["revoked_at"]


def test_a_message_is_changed_and_taken_back_as_a_resource(talk: Talk) -> None:
    ours = talk.post("text", to=f"+{talk.friend.number}", text="See you at sx")
    url = f"/sessions/{talk.session}/messages/{ours['id']}"

    def seen(method: str, path: str = "", **body: str) -> tuple[str, str, str]:
        answer = talk.api.http.request(method, f"{url}{path}", json=body or None, params={"wait": 20})
        assert answer.status_code == 200, answer.text
        got = talk.arrived(answer.json())
        return got["kind"], got["text"], got["target_id"]

    assert seen("PATCH", text="See you at six") == ("edit", "See you at six", ours["wa_id"])
    assert talk.message(ours["id"])["text"] == "See you at six"
    assert seen("PUT", "/reaction", emoji="🎉") == ("reaction", "🎉", ours["wa_id"])
    assert seen("DELETE", "/reaction") == ("reaction", "", ours["wa_id"])
    assert seen("DELETE") == ("revoke", "", ours["wa_id"])
    assert talk.message(ours["id"])["revoked_at"]
    assert talk.api.http.delete(url, params={"for": "me"}).status_code == 204
    assert talk.events.wait_for("message.deleted", lambda payload: payload["id"] == ours["id"])
    assert talk.api.http.get(url).status_code == 404


def test_a_stranger_cannot_edit_what_another_wrote(talk: Talk) -> None:
    ours = talk.send("text", text="Mine")
    key = {"remoteJID": "1@lid", "fromMe": True, "ID": ours["id"]}
    protocol = {"type": "MESSAGE_EDIT", "key": key, "editedMessage": {"conversation": "Forged"}}
    event = talk.heard("message.edited", talk.friend.send(OWN, protobuf={"protocolMessage": protocol})["id"])
    assert (event["target"]["text"], event["target"]["edited_at"]) == ("Mine", None)


def test_a_change_may_follow_at_once(talk: Talk) -> None:
    """Its target has no id of WhatsApp's yet."""
    queued = talk.api.post(f"/sessions/{talk.session}/messages/text", {"to": f"+{talk.friend.number}", "text": "a"})
    got = talk.arrived(talk.post("edit", message=queued["id"], text="b"))
    sent = talk.message(queued["id"])
    assert (got["text"], got["target_id"], sent["text"]) == ("b", sent["wa_id"], "b")


def test_only_what_makes_sense_is_taken(talk: Talk) -> None:
    theirs = talk.write("Yours")
    for kind, body, status, code in (
        ("edit", {"message": theirs["id"], "text": "Mine"}, 403, "message_not_own"),
        ("revoke", {"message": theirs["id"]}, 403, "message_not_own"),
        ("poll-vote", {"message": theirs["id"], "options": []}, 400, "validation_error"),
    ):
        answer = talk.api.http.post(f"/sessions/{talk.session}/messages/{kind}", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    answer = talk.api.http.post(f"/sessions/{talk.session}/messages/reaction", json={"message": "3EB0NO", "emoji": "x"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "message_not_found")

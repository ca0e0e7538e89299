"""What people do with messages in a group, where several others see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sessions_app.sandbox.client import Group, Phone, SandboxClient

from .conftest import Json, Talk


@dataclass
class Crowd:
    """A group of the account, which is its admin, the friend and a third person."""

    talk: Talk
    group: Group
    third: Phone

    def post(self, text: str, **body: Any) -> Json:
        return self.talk.post("text", to=self.group.jid, text=text, **body)

    def seen(self, message: Json) -> list[Json]:
        """What each of the others shows of it."""
        return [phone.wait_message(id=message["wa_id"]) for phone in (self.talk.friend, self.third)]

    def write(self, text: str | None = None, **content: Any) -> Json:
        """The friend writes; the message as the API shows it."""
        return self.talk.heard("message", self.say(text, **content))

    def say(self, text: str | None = None, *, by: Phone | None = None, **content: Any) -> str:
        return str((by or self.talk.friend).send(self.group.jid, text, **content)["id"])


@pytest.fixture(scope="module")
def crowd(talk: Talk) -> Iterator[Crowd]:
    sandbox = SandboxClient(talk.api.platform.sandbox_url)
    third = sandbox.create_phone(name="Third")
    people = [f"+{talk.friend.number}", f"+{third.number}"]
    made = talk.api.post(f"/sessions/{talk.session}/groups", {"subject": "Crowd", "participants": people})
    yield Crowd(talk, sandbox.group(made["group"]["jid"]), third)


def lids(*phones: Phone) -> set[str]:
    return {str(phone.info()["lid"]) for phone in phones}


@pytest.mark.feature("send.mention_all", "receive.mention_all", "send.mentions")
def test_everybody_is_mentioned_who_is_there_when_it_leaves(crowd: Crowd, talk: Talk) -> None:
    late = SandboxClient(talk.api.platform.sandbox_url).create_phone(name="Late")
    crowd.group.members(talk.own, "add", late)
    message = crowd.post("Dinner!", mention_all=True)
    for got in crowd.seen(message):
        context = got["raw"]["extendedTextMessage"]["contextInfo"]
        assert (context["nonJIDMentions"], set(context["mentionedJID"])) == (1, lids(talk.friend, crowd.third, late))
        assert len(context["mentionedJID"]) == 3
    crowd.group.members(talk.own, "remove", late)
    [got, _] = crowd.seen(crowd.post("Lunch!", mention_all=True, mentions=[f"+{talk.friend.number}"]))
    assert len(got["raw"]["extendedTextMessage"]["contextInfo"]["mentionedJID"]) in (2, 3)

    theirs = crowd.write(protobuf={"extendedTextMessage": {"text": "@all", "contextInfo": {"nonJIDMentions": 1}}})
    assert theirs["content"]["context"] == {"mention_all": True}


def test_everybody_is_mentioned_in_groups_only(talk: Talk) -> None:
    body = {"to": f"+{talk.friend.number}", "text": "You", "mention_all": True}
    answer = talk.api.http.post(f"/sessions/{talk.session}/messages/text", json=body)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, ["mention_all"])
    body = {"to": f"+{talk.friend.number}", "text": "You", "mentions": ["120363000000000001@g.us"]}
    answer = talk.api.http.post(f"/sessions/{talk.session}/messages/text", json=body)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, ["mentions.0"])


def test_a_poll_is_voted_in_by_several(crowd: Crowd, talk: Talk) -> None:
    poll = talk.post("poll", to=crowd.group.jid, question="When?", options=["One", "Two"])
    assert {got["text"] for got in crowd.seen(poll)} == {"When?"}
    for voter, votes in ((talk.friend, [1, 0]), (crowd.third, [2, 0])):
        wa_id = crowd.say(by=voter, vote={"id": poll["wa_id"], "options": ["One"]})
        event = talk.heard("poll.vote", wa_id)
        assert [each["votes"] for each in event["target"]["content"]["tally"]] == votes
    talk.post("poll-vote", message=poll["id"], options=["Two"])
    content = talk.message(poll["id"])["content"]
    assert [each["votes"] for each in content["tally"]] == [2, 1]
    assert {vote["sender_lid"] for vote in content["votes"] if not vote["from_me"]} == lids(talk.friend, crowd.third)

    theirs = crowd.write(poll={"question": "Where?", "options": ["Here", "There"]})
    ours = talk.post("poll-vote", message=theirs["id"], options=["There"])
    assert [got["text"] for got in crowd.seen(ours)] == ["There", "There"]


def test_reactions_of_several(crowd: Crowd, talk: Talk) -> None:
    ours = crowd.post("Good?")
    for voter, emoji in ((talk.friend, "👍"), (crowd.third, "🎉")):
        wa_id = crowd.say(by=voter, reaction={"id": ours["wa_id"], "emoji": emoji})
        talk.heard("message.reaction", wa_id)
    assert [each["emoji"] for each in talk.message(ours["id"])["reactions"]] == ["👍", "🎉"]
    theirs = crowd.write("Like it?")
    got = crowd.seen(talk.post("reaction", message=theirs["id"], emoji="😀"))
    assert {(each["text"], each["target_id"]) for each in got} == {("😀", theirs["wa_id"])}


def test_edits_and_deletions(crowd: Crowd, talk: Talk) -> None:
    ours = crowd.post("At sx")
    got = crowd.seen(talk.post("edit", message=ours["id"], text="At six"))
    assert {(each["kind"], each["text"], each["target_id"]) for each in got} == {("edit", "At six", ours["wa_id"])}
    theirs = crowd.write("At svn")
    event = talk.heard("message.edited", crowd.say(edit={"id": theirs["wa_id"], "text": "At seven"}))
    assert event["target"]["text"] == "At seven"
    # Somebody else's edit of it changes nothing.
    key = {"remoteJID": crowd.group.jid, "fromMe": False, "ID": theirs["wa_id"], "participant": theirs["sender"]["lid"]}
    protocol = {"type": "MESSAGE_EDIT", "key": key, "editedMessage": {"conversation": "Forged"}}
    event = talk.heard("message.edited", crowd.say(by=crowd.third, protobuf={"protocolMessage": protocol}))
    assert event["target"]["text"] == "At seven"

    got = crowd.seen(talk.post("revoke", message=ours["id"]))
    assert {(each["kind"], each["target_id"]) for each in got} == {("revoke", ours["wa_id"])}
    event = talk.heard("message.revoked", crowd.say(revoke={"id": theirs["wa_id"]}))
    assert event["target"]["revoked_at"]


def test_an_admin_takes_back_what_others_wrote(crowd: Crowd, talk: Talk) -> None:
    theirs = crowd.write("Rude")
    got = crowd.seen(talk.post("revoke", message=theirs["id"]))
    assert {(each["kind"], each["target_id"]) for each in got} == {("revoke", theirs["wa_id"])}
    assert talk.message(theirs["id"])["revoked_at"]

    crowd.group.members(talk.own, "promote", talk.friend)
    ours = crowd.post("Rude as well")
    crowd.seen(ours)
    event = talk.heard("message.revoked", crowd.say(revoke={"id": ours["wa_id"]}))
    assert (event["target"]["id"], bool(event["target"]["revoked_at"])) == (ours["id"], True)


def test_an_answer_names_whom_it_answers(crowd: Crowd, talk: Talk) -> None:
    theirs = crowd.write("Who comes?")
    [got, _] = crowd.seen(crowd.post("I do", quoted=theirs["id"]))
    context = got["raw"]["extendedTextMessage"]["contextInfo"]
    assert (context["stanzaID"], context["quotedMessage"]["conversation"]) == (theirs["wa_id"], "Who comes?")
    assert context["participant"].partition("@")[0] in {talk.friend.number, talk.friend.info()["lid"].partition("@")[0]}

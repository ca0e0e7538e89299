"""Polls and their votes, lists and buttons and what people choose there."""

import pytest

from .conftest import OWN, Talk

OPTIONS = ["Pizza", "Salad", "Soup"]


@pytest.mark.feature("send.poll", "receive.poll_vote")
def test_votes_in_our_poll_are_opened_and_counted(talk: Talk) -> None:
    poll = talk.post("poll", to=f"+{talk.friend.number}", question="Lunch?", options=OPTIONS, multiple=True)
    got = talk.arrived(poll)
    assert (got["kind"], got["text"]) == ("poll", "Lunch?")

    for chosen in (["Pizza", "Soup"], ["Salad"], []):
        sent = talk.friend.send(OWN, vote={"id": got["id"], "options": chosen})
        event = talk.heard("poll.vote", sent["id"])
        assert event["content"]["options"] == chosen
        assert event["text"] == ", ".join(chosen)
        tally = {each["option"]: each["votes"] for each in event["target"]["content"]["tally"]}
        assert tally == {option: int(option in chosen) for option in OPTIONS}
        assert [vote["options"] for vote in event["target"]["content"]["votes"]] == ([chosen] if chosen else [])


@pytest.mark.feature("receive.poll", "send.poll_vote")
def test_we_vote_in_a_poll(talk: Talk) -> None:
    poll = talk.write(poll={"question": "Colour?", "options": ["Red", "Blue"]})
    assert poll["content"] == {"question": "Colour?", "options": ["Red", "Blue"], "multiple": False}
    got = talk.arrived(talk.post("poll-vote", message=poll["id"], options=["Blue"]))
    assert (got["kind"], got["text"], got["target_id"]) == ("poll_vote", "Blue", poll["wa_id"])
    tally = talk.message(poll["id"])["content"]["tally"]
    assert tally == [{"option": "Red", "votes": 0}, {"option": "Blue", "votes": 1}]


def test_a_vote_that_would_end_the_process_does_no_harm(talk: Talk) -> None:
    poll = talk.send("poll", question="Well?", options=["Yes", "No"])
    vote = {"encIV": "AAAA", "encPayload": "A" * 64}
    update = {"pollCreationMessageKey": {"remoteJID": "1@lid", "fromMe": False, "ID": poll["id"]}, "vote": vote}
    event = talk.heard("poll.vote", talk.friend.send(OWN, protobuf={"pollUpdateMessage": update})["id"])
    assert "options" not in event["content"]
    assert talk.write("Still there?")["text"] == "Still there?"


@pytest.mark.feature("send.list", "receive.list_reply", "receive.list")
def test_a_list(talk: Talk) -> None:
    rows = [{"id": "s", "title": "Small"}, {"id": "l", "title": "Large", "description": "XL"}]
    got = talk.send("list", text="Which size?", button="Sizes", sections=[{"title": "Sizes", "rows": rows}])
    assert (got["kind"], got["text"]) == ("list", "Which size?")
    assert got["raw"]["listMessage"]["sections"][0]["rows"][1]["rowID"] == "l"

    reply = talk.write(choice={"id": got["id"], "option": "l", "title": "Large"})
    assert (reply["kind"], reply["text"], reply["content"]["id"]) == ("list_reply", "Large", "l")
    assert reply["content"]["context"]["quoted"]["text"] == "Which size?"

    theirs = talk.write(protobuf={"listMessage": got["raw"]["listMessage"]})
    assert theirs["kind"] == "list"
    assert [row["id"] for row in theirs["content"]["sections"][0]["rows"]] == ["s", "l"]


@pytest.mark.feature("send.buttons", "receive.button_reply", "receive.buttons")
def test_buttons(talk: Talk) -> None:
    buttons = [
        {"title": "Yes", "id": "y"},
        {"type": "url", "title": "Shop", "url": "https://example.org/"},
        {"type": "copy", "title": "Code", "code": "A1"},
    ]
    got = talk.send("buttons", text="Sure?", buttons=buttons, footer="Thanks")
    assert (got["kind"], got["text"]) == ("buttons", "Sure?")

    reply = talk.write(choice={"id": got["id"], "option": "y", "title": "Yes"})
    assert (reply["kind"], reply["text"], reply["content"]["id"]) == ("button_reply", "Yes", "y")

    theirs = talk.write(protobuf=got["raw"])
    assert theirs["content"]["buttons"] == [{"type": "reply", **buttons[0]}, *buttons[1:]]

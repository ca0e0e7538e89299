"""What later messages make of an earlier one, whoever wrote them and in whatever order they come."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from messaging import effects
from messaging.effects import effect_apply, effects_catch_up
from messaging.models import Message, MessageKind, MessageState
from sessions_app.models import Session
from tests import factories
from tests.lost_transactions import lose_first
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.events.models import Event

ANA, BEN = ("34600000002@s.whatsapp.net", "1@lid"), ("34600000003@s.whatsapp.net", "2@lid")
GROUP = "120363000000000001@g.us"
Make = Callable[..., Message]


@pytest.fixture
def session(db: None) -> Session:
    workspace: Workspace = factories.workspace()
    return factories.connected_session(workspace)


@pytest.fixture
def say(session: Session) -> Make:
    """A stored message; each is a second later than the one before."""
    clock = [timezone.now().replace(microsecond=0) - timedelta(hours=1)]

    def say(by: tuple[str, str] | None, kind: str = "text", *, about: str = "", **fields: Any) -> Message:
        clock[0] += timedelta(seconds=1)
        mine = {"direction": "out", "state": MessageState.SENT, "from_me": True, "sender": session.jid}
        theirs = {"sender": by[0], "sender_lid": by[1]} if by else {}
        defaults = {"kind": kind, "quoted_id": about, "timestamp": clock[0], "chat": GROUP, **(theirs or mine)}
        return factories.message(session, **{**defaults, **fields})

    return say


def applied(target: Message, *rows: Message) -> Message:
    for row in rows:
        effect_apply(row)
    effects_catch_up(target)
    target.refresh_from_db()
    return target


def reacts(say: Make, by: Any, emoji: str, **fields: Any) -> Message:
    return say(by, MessageKind.REACTION, about="W1", **{"content": {"emoji": emoji}, **fields})


def test_one_reaction_a_person_the_latest(say: Make) -> None:
    target = say(None, wa_id="W1")
    rows = [reacts(say, ANA, "👍"), reacts(say, BEN, "🎉"), reacts(say, ANA, "😀"), reacts(say, None, "❤")]
    shown = applied(target, *reversed(rows)).reactions  # their order of arrival does not matter
    assert [(each["emoji"], each["sender_lid"], each["from_me"]) for each in shown] == [
        ("😀", "1@lid", False),
        ("🎉", "2@lid", False),
        ("❤", "", True),
    ]
    assert [each["emoji"] for each in applied(target, reacts(say, ANA, "")).reactions] == ["🎉", "❤"]


def test_a_reaction_that_came_before_its_message_counts(say: Make) -> None:
    early = reacts(say, ANA, "👍")
    effect_apply(early)
    assert applied(say(None, wa_id="W1")).reactions[0]["emoji"] == "👍"


def test_what_did_not_take_effect_changes_nothing(say: Make) -> None:
    target = say(ANA, wa_id="W1")
    rows = [reacts(say, None, "👍", state=state) for state in (MessageState.FAILED, MessageState.QUEUED)]
    elsewhere = reacts(say, ANA, "👍", chat=ANA[0])
    assert applied(target, *rows, elsewhere).reactions == []


def test_the_last_edit_of_its_author_counts(say: Make) -> None:
    target = say(ANA, wa_id="W1", text="One")
    edits = [say(ANA, MessageKind.EDIT, about="W1", content={"text": text}) for text in ("Two", "Three")]
    forged = say(BEN, MessageKind.EDIT, about="W1", content={"text": "Forged"})
    ours = say(None, MessageKind.EDIT, about="W1", content={"text": "Forged by us"})
    edited = applied(target, forged, ours, *reversed(edits))
    assert (edited.text, edited.content) == ("Three", {"text": "Three", "original_text": "One"})
    assert edited.edited_at == edits[1].timestamp
    assert "three" in edited.words


def test_an_edit_of_a_file_changes_its_caption(say: Make) -> None:
    target = say(ANA, MessageKind.IMAGE, wa_id="W1", text="Old", content={"caption": "Old", "media": {"id": "x"}})
    edited = applied(target, say(ANA, MessageKind.EDIT, about="W1", content={"text": "New"}))
    assert edited.content == {"caption": "New", "media": {"id": "x"}, "original_text": "Old"}


@pytest.mark.parametrize(("chat", "allowed"), [(GROUP, True), (ANA[0], False)])
def test_who_takes_back_what_another_wrote(say: Make, chat: str, allowed: bool) -> None:
    """In a group WhatsApp lets admins only; between two people nobody."""
    target = say(None, wa_id="W1", chat=chat)
    taken = applied(target, say(BEN, MessageKind.REVOKE, about="W1", chat=chat))
    assert (taken.revoked_at is not None, taken.text) == (allowed, "Hello")


def test_an_author_is_known_by_either_address(say: Make) -> None:
    target = say((ANA[0], ""), wa_id="W1")
    assert applied(target, say((ANA[0], "9@lid"), MessageKind.REVOKE, about="W1")).revoked_at
    other = say(("", "1@lid"), wa_id="W2")
    assert applied(other, say((BEN[0], "1@lid"), MessageKind.REVOKE, about="W2")).revoked_at
    assert not applied(say(("", ""), wa_id="W3"), say(("", ""), MessageKind.EDIT, about="W3", content={})).edited_at


def test_votes_are_tallied(say: Make) -> None:
    poll = say(None, MessageKind.POLL, wa_id="W1", content={"question": "?", "options": ["A", "B"], "multiple": True})
    hashes = [hashlib.sha256(name.encode()).hexdigest() for name in ("A", "B", "no option")]

    def vote(by: Any, **content: Any) -> Message:
        return say(by, MessageKind.POLL_VOTE, about="W1", content=content)

    rows = [vote(ANA, option_hashes=hashes), vote(BEN, options=["B"]), vote(None, options=["A"])]
    rows += [vote(BEN, option_hashes=[]), vote(None, options=["A", "B"])]
    content = applied(poll, *rows).content
    assert content["tally"] == [{"option": "A", "votes": 2}, {"option": "B", "votes": 2}]
    assert [(each["sender_lid"], each["options"]) for each in content["votes"]] == [
        ("1@lid", ["A", "B"]),
        ("", ["A", "B"]),
    ]
    assert content["question"] == "?"


def test_each_is_published_with_what_became_of_its_target(say: Make) -> None:
    target = say(ANA, wa_id="W1")
    row = reacts(say, BEN, "👍", content={"emoji": "👍", "target": {"message": str(target.pk)}})
    stray = say(BEN, MessageKind.REVOKE, about="W9")
    applied(target, row, stray)
    events = {event.type: event.payload for event in Event.objects.all()}
    assert events["message.reaction"]["target"]["reactions"][0]["emoji"] == "👍"
    assert events["message.revoked"]["target"] is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lost", [False, True])
def test_a_target_that_was_queued_is_named_once_it_is_sent(
    say: Make, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    target = say(None, wa_id="W1")
    row = reacts(say, None, "👍", content={"emoji": "👍", "target": {"message": str(target.pk), "wa_id": ""}})
    Message.objects.filter(pk=row.pk).update(quoted_id="")
    row.refresh_from_db()
    if lost:
        lose_first(monkeypatch, effects)
    effect_apply(row)
    assert Event.objects.get(type="message.reaction").payload["quoted_id"] == "W1"
    row.refresh_from_db()
    target.refresh_from_db()
    assert (row.quoted_id, target.reactions[0]["emoji"]) == ("W1", "👍")

"""How a content names other messages, and how that becomes what the engine needs."""

import hashlib
from typing import Any

import pytest

from messaging.models import Message
from messaging.references import EMPTY, completed, message_find, reference_to, vote_text, with_references
from sessions_app.models import Session
from tests import factories
from whatsapp_api.core.errors import ApiError


@pytest.fixture
def session(db: None) -> Session:
    return factories.connected_session(factories.workspace())


@pytest.fixture
def asked(session: Session) -> Message:
    return factories.message(session, text="When?", wa_id="W1", raw={"message": {"conversation": "When?"}})


def test_it_is_found_by_either_id(session: Session, asked: Message) -> None:
    assert message_find(session, str(asked.pk)) == asked
    assert message_find(session, "W1") == asked


def test_nothing_is_found_in_another_session(session: Session, asked: Message) -> None:
    other = factories.connected_session(session.workspace, "Other")
    for reference in (str(asked.pk), "W1", "x" * 36, ""):
        with pytest.raises(ApiError) as caught:
            message_find(other, reference)
        assert (caught.value.code, caught.value.http_status) == ("message_not_found", 404)


def test_a_received_answer_names_our_message(session: Session, asked: Message) -> None:
    details: dict[str, Any] = {
        "text": "Now",
        "context": {"mentions": ["1@lid"], "quoted": {"wa_id": "W1", "kind": "text"}},
    }
    content = with_references(session.pk, asked.chat, details)
    assert content["context"] == {"mentions": ["1@lid"], "quoted": reference_to(asked)}
    assert content["context"]["quoted"]["text"] == "When?"
    assert details["context"]["quoted"] == {"wa_id": "W1", "kind": "text"}  # what came is left as it was


def test_what_is_not_here_is_named_as_far_as_it_is_known(session: Session, asked: Message) -> None:
    details = {"emoji": "x", "target": {"wa_id": "W9", "sender": "1@lid"}}
    content = with_references(session.pk, asked.chat, details)
    assert content["target"] == {**EMPTY, "wa_id": "W9", "sender": "1@lid"}
    assert with_references(session.pk, asked.chat, {"text": "Hi"}) == {"text": "Hi"}


def test_an_id_that_two_chats_have_means_the_one_of_this_chat(session: Session, asked: Message) -> None:
    there = factories.message(session, text="There", wa_id="W1", chat="120363000000000001@g.us")
    for chat, meant in ((asked.chat, asked), (there.chat, there)):
        content = with_references(session.pk, chat, {"target": {"wa_id": "W1"}})
        assert content["target"]["message"] == str(meant.pk)
    quoted = {"context": {"quoted": {"wa_id": "W1", "chat": there.chat}}}  # answered privately
    assert with_references(session.pk, asked.chat, quoted)["context"]["quoted"]["message"] == str(there.pk)


def test_a_vote_names_its_options(session: Session) -> None:
    factories.message(session, kind="poll", wa_id="P1", content={"question": "?", "options": ["A", "B"]})
    hashes = [hashlib.sha256(name).hexdigest() for name in (b"B", b"none of them")]
    content = with_references(session.pk, factories.FRIEND_JID, {"target": {"wa_id": "P1"}, "option_hashes": hashes})
    assert (content["options"], vote_text(content)) == (["B"], "B")
    assert vote_text({"options": ["B"]}) == ""


def test_the_engine_gets_what_was_sent_meanwhile(asked: Message) -> None:
    early = {**reference_to(asked), "wa_id": ""}
    content = completed({"text": "Now", "context": {"quoted": early, "expires": 1}, "source": early, "album": early})
    for reference in (content["context"]["quoted"], content["source"], content["album"]):
        assert (reference["wa_id"], reference["raw"]) == ("W1", {"conversation": "When?"})
    assert content["context"]["expires"] == 1
    asked.delete()
    assert completed({"target": early})["target"] == early

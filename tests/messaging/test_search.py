"""Search finds the same on both databases."""

import uuid

import pytest

from messaging.effects import effect_apply
from messaging.models import Message, MessageKind
from messaging.search import find, index, on_mongodb
from messaging.search.find import messages_find
from messaging.selectors import messages_of
from sessions_app.models import Session
from tests import factories


def texts(session: Session, *words: str, **filters) -> list[str]:
    found = messages_find(session, list(words), messages_of(session).filter(**filters), limit=50)
    assert found.after is None
    return [message.text for message in found.messages]


@pytest.fixture
def told(session: Session) -> list[Message]:
    lines = ["Good morning", "the good order 42", "Order 43", "good GOOD good order", "nothing"]
    return [factories.message(session, text=line) for line in lines]


def test_it_finds_messages_with_all_words_newest_first(session: Session, told: list[Message]) -> None:
    assert texts(session, "good") == ["good GOOD good order", "the good order 42", "Good morning"]
    assert texts(session, "good", "order") == ["good GOOD good order", "the good order 42"]
    assert texts(session, "order", "42", "good") == ["the good order 42"]
    assert texts(session, "goo") == texts(session, "good", "absent") == []


def test_the_rarest_word_leads_also_among_frequent_ones(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "COMMON", 3)
    for number in range(12):
        words = ["always", "often" if number % 2 else "", "seldom" if number in (0, 5) else ""]
        factories.message(session, text=" ".join(words))
    words = ["always", "often", "never", "seldom"]
    assert index.index().rarest_first(session.pk, words) == ["never", "seldom", "often", "always"]


def test_frequent_words_that_are_never_together_end_the_request_early(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "MOST_KEYS", 4)
    monkeypatch.setattr(on_mongodb, "AT_ONCE", 2)
    factories.message(session, text="left right")
    rows = [factories.message(session, text=text) for text in ("left", "right") * 10]
    pages: list[list[str]] = []
    before: uuid.UUID | None = None
    while not pages or before:
        found = messages_find(session, ["left", "right"], messages_of(session), limit=1, before=before)
        pages.append([message.text for message in found.messages])
        before = found.after
    assert pages == [[], [], ["left right"]]
    assert len(rows) == 20


def test_it_keeps_to_the_session_and_to_other_filters(session: Session, told: list[Message]) -> None:
    other = factories.connected_session(session.workspace, "Other")
    factories.message(other, text="good elsewhere")
    assert texts(other, "good") == ["good elsewhere"]
    assert texts(session, "good", pk__in=[told[0].pk]) == ["Good morning"]


def test_it_follows_deleted_and_saved_rows(session: Session, told: list[Message]) -> None:
    Message.objects.filter(pk=told[0].pk).delete()
    told[4].text = "good news"
    told[4].save()
    assert texts(session, "good") == ["good news", "good GOOD good order", "the good order 42"]
    assert texts(session, "nothing") == []


def test_pages_go_on_where_the_last_one_ended(
    session: Session, told: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "BATCH", 2)
    before: uuid.UUID | None = None
    seen: list[str] = []
    for _ in range(3):
        found = messages_find(session, ["good"], messages_of(session), limit=1, before=before)
        seen += [message.text for message in found.messages]
        before = found.after
    assert (seen, before) == (["good GOOD good order", "the good order 42", "Good morning"], None)


def test_a_filter_that_hides_nearly_all_ends_the_request_early(
    session: Session, told: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "BATCH", 1)
    monkeypatch.setattr(find, "MOST_LOOKED_AT", 2)
    found = messages_find(session, ["good"], messages_of(session).filter(text="Good morning"), limit=1)
    assert (found.messages, found.after) == ([], told[1].pk)
    rest = messages_find(session, ["good"], messages_of(session), limit=1, before=found.after)
    assert ([message.text for message in rest.messages], rest.after) == (["Good morning"], None)


def test_an_edited_text_is_found_and_the_old_one_is_not(session: Session) -> None:
    message = factories.message(session, text="Meet at noon", wa_id="ABC")
    edit = factories.message(
        session,
        kind=MessageKind.EDIT,
        wa_id="DEF",
        quoted_id="ABC",
        text="Meet at midnight",
        content={"text": "Meet at midnight", "target": {"message": str(message.pk)}},
    )
    effect_apply(edit)
    found = texts(session, "meet", kind=MessageKind.TEXT)
    assert (found, texts(session, "noon")) == (["Meet at midnight"], [])
    Message.objects.filter(pk=edit.pk).delete()
    assert texts(session, "midnight") == ["Meet at midnight"]


@pytest.mark.parametrize("few", [1, 1_000])
def test_in_one_chat_it_finds_the_same_however_long_the_chat_is(
    session: Session, told: list[Message], monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(find, "FEW", few)
    factories.message(session, text="good elsewhere", chat="34600000009@s.whatsapp.net")
    rows, before, seen = messages_of(session).filter(chat=told[0].chat), None, []
    for _ in range(3):
        found = messages_find(session, ["good"], rows, limit=1, before=before, chat=rows)
        seen += [message.text for message in found.messages]
        before = found.after
    assert (seen, before) == (["good GOOD good order", "the good order 42", "Good morning"], None)

"""The rows of an album: made together, linked in whatever order they come, smaller when one is lost."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from messaging.albums.parts import album_recount
from messaging.albums.sending import album_send
from messaging.idempotency import Once, Replayed, once_look
from messaging.inbound import message_store
from messaging.media import preparing
from messaging.media.services import media_create
from messaging.media.storage import Draft
from messaging.models import Message, MessageState
from messaging.outbox import MessageOutbox
from messaging.scheduling import message_cancel
from sessions_app.engine.base import MessageReceived
from sessions_app.models import Session
from tests import factories
from tests.media import samples


@pytest.fixture
def body(session: Session) -> dict[str, Any]:
    """Two images that go as they are."""
    with Draft(limit=1 << 20) as draft:
        draft.write(samples.picture())
        media = media_create(workspace_id=session.workspace_id, draft=draft)
    media.fits = ["image"]
    media.save()
    item = {"kind": "image", "media": {"id": media.pk}}
    return {"to": factories.FRIEND_JID, "items": [item, {**item, "caption": "Two"}]}


def parts_of(album: Message) -> list[Message]:
    return list(Message.objects.filter(pk__in=album.content["items"]).order_by("id"))


def test_it_leaves_first_and_each_file_names_it(session: Session, body: dict[str, Any]) -> None:
    album = album_send(session=session, body=body)
    outbox, seen = MessageOutbox(), []
    while outgoing := outbox.claim(session.pk, claim=str(len(seen))):
        seen.append((outgoing.kind, outgoing.content.get("album", {}).get("wa_id")))
        Message.objects.filter(pk=outgoing.ref.partition("/")[0]).update(state=MessageState.SENT, wa_id=f"W{len(seen)}")
    assert seen == [("album", None), ("image", "W1"), ("image", "W1")]
    assert [part.text for part in parts_of(album)] == ["", "Two"]


def test_all_of_it_is_made_once(session: Session, body: dict[str, Any]) -> None:
    once = Once(workspace_id=session.workspace_id, dedup_key=str(uuid.uuid4()), fingerprint="f")
    album = album_send(session=session, body=body, once=once)
    with pytest.raises(Replayed) as caught:
        album_send(session=session, body=body, once=once)
    assert caught.value.message == album
    assert Message.objects.count() == 3
    with pytest.raises(Replayed):
        once_look(once)


def test_it_is_smaller_without_a_lost_file_and_ends_without_any(session: Session, body: dict[str, Any]) -> None:
    album = album_send(session=session, body=body)
    for left, part in zip((1, None), parts_of(album), strict=True):
        Message.objects.filter(pk=part.pk).update(state=MessageState.FAILED)
        album_recount(part)
        album.refresh_from_db()
        if left:
            assert (album.state, album.content["images"]) == (MessageState.QUEUED, left)
    assert (album.state, album.error_code) == (MessageState.FAILED, "album_empty")


def elsewhere(function: Callable[[], Any]) -> Any:
    """What another process would get at this moment."""
    got: list[Any] = []

    def run() -> None:
        got.append(function())
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return got[0]


def test_it_does_not_leave_before_it_knows_of_a_lost_file(
    session: Session, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    album, outbox, claimed = album_send(session=session, body=body), MessageOutbox(), []
    part = parts_of(album)[0]
    Message.objects.filter(pk=part.pk).update(state=MessageState.PREPARING)

    def recount(lost: Message) -> None:
        claimed.append(elsewhere(lambda: outbox.claim(session.pk, claim="too early")))
        album_recount(lost)

    monkeypatch.setattr(preparing, "album_recount", recount)
    preparing.message_give_up(part, "media_unreadable", "why")
    assert claimed == [None]
    outgoing = outbox.claim(session.pk, claim="1")
    assert outgoing
    assert (outgoing.kind, outgoing.content["images"]) == ("album", 1)


def test_a_file_that_is_taken_back_while_it_is_claimed_does_not_count(
    session: Session, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    part, update = parts_of(album_send(session=session, body=body))[0], QuerySet.update

    def update_later(rows: QuerySet[Any], **fields: Any) -> int:
        if fields.get("state") == MessageState.SENDING:
            elsewhere(lambda: message_cancel(message=part))
        return update(rows, **fields)

    monkeypatch.setattr(QuerySet, "update", update_later)
    outgoing = MessageOutbox().claim(session.pk, claim="1")
    assert outgoing
    assert (outgoing.kind, outgoing.content["images"]) == ("album", 1)


def test_it_is_cancelled_as_a_whole(session: Session, body: dict[str, Any]) -> None:
    album = album_send(session=session, body=body)
    message_cancel(message=album)
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.CANCELLED}


@pytest.mark.parametrize("late", [False, True])
def test_a_received_one_knows_its_files(session: Session, incoming: Callable[..., MessageReceived], late: bool) -> None:
    album = incoming(wa_id="A1", kind="album", text="", details={"images": 2})
    files = [incoming(wa_id=f"F{n}", kind="image", text="", details={"album": {"wa_id": "A1"}}) for n in (1, 2)]
    for event in [*files, album] if late else [album, *files]:
        message_store(session, event)
    stored = {message.wa_id: message for message in Message.objects.all()}
    parts = [stored["F1"], stored["F2"]]
    assert stored["A1"].content == {"images": 2, "items": [str(part.pk) for part in parts]}
    assert {part.content["album"]["message"] for part in parts} == {str(stored["A1"].pk)}

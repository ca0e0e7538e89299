"""What holds an album together: `content.items` of the album names its messages, `content.album` of each names it."""

from typing import Any

from messaging.models import Message, MessageKind, MessageState
from messaging.outcomes import failed, message_settle
from messaging.references import reference_to
from whatsapp_api.accounts.bodies.fields import bodies

RECENT = 100
EMPTY = "None of its files could be sent."
LOST = (MessageState.FAILED, MessageState.CANCELLED)
WAITING = (MessageState.SCHEDULED, MessageState.PREPARING, MessageState.QUEUED)
COUNTED = {MessageKind.IMAGE: "images", MessageKind.VIDEO: "videos"}


def album_join(message: Message) -> None:
    """A message was received and saved: link it with its album, or an album with what came before it."""
    if message.kind == MessageKind.ALBUM:
        for part in _early(message):
            part.content = {**part.content, "album": reference_to(message)}
            part.save(update_fields=["content"])
            _add(message, part)
    elif known := message.content.get("album", {}).get("message"):
        album = Message.objects.filter(pk=known, kind=MessageKind.ALBUM).first()
        if album is not None:
            _add(album, message)


def album_parts(album: Message) -> list[Message]:
    """The messages of an album that are here, in order."""
    return list(Message.objects.filter(pk__in=album.content.get("items", [])).order_by("id"))


def album_recount(part: Message) -> None:
    """A message of an album will not leave: the album, if it still waits, says so; empty, it need not leave."""
    known = part.content.get("album", {}).get("message")
    album = Message.objects.filter(pk=known, state__in=WAITING).first() if known else None
    if album is None:
        return
    left: list[str] = [each.kind for each in album_parts(album) if each.state not in LOST]
    counts = {name: left.count(kind) for kind, name in COUNTED.items()}
    if not left:
        message_settle(album.pk, album.claim, WAITING, failed("album_empty", EMPTY))
        return
    album.content = {**album.content, **counts}
    rows = Message.objects.filter(pk=album.pk, state__in=WAITING)
    rows.update(**bodies(album.workspace_id, content=album.content))


def _early(album: Message) -> list[Message]:
    rows = Message.objects.filter(session_id=album.session_id, chat=album.chat).exclude(pk=album.pk)
    recent = rows.order_by("-id")[:RECENT]
    return [row for row in reversed(recent) if row.content.get("album", {}).get("wa_id") == album.wa_id]


def _add(album: Message, part: Message) -> None:
    items: list[Any] = album.content.get("items", [])
    if str(part.pk) not in items:
        album.content = {**album.content, "items": [*items, str(part.pk)]}
        album.save(update_fields=["content"])

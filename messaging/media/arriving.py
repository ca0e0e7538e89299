"""Files of received messages: noted with the message, fetched by the session's owner, stored.

The row is its own inbox: what is `pending` is fetched by whoever owns the session (`sessions_app.worker.downloads`),
again and again at growing intervals, until it is here or nobody has it any more.
"""

import base64
import uuid
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from messaging.models import Media, MediaSource, MediaState, Message
from sessions_app.hooks import Download, download_hint
from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts, uuid7
from whatsapp_api.core.errors import ApiError
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

from .limits import MB, quota_check
from .payloads import media_summary
from .services import expiry
from .sniff import UNKNOWN, sniff
from .storage import CHUNK, Draft, drafts_dir, file_store

TRIES = 6
PAUSE_SECONDS = 3.0
FINAL = frozenset({"media_gone", "no_file", "invalid_arguments", "unsupported"})
PAGE = 20


def media_expect(message: Message) -> None:
    """Note the file that a message, not saved yet, brings: a row beside it, and a summary in its content."""
    if media := media_of_claim(message):
        if 0 < media.size <= settings.MEDIA_AUTO_DOWNLOAD_MB * MB:
            media.state, media.next_try_at = MediaState.PENDING, timezone.now()
        media.save(force_insert=True)
        message.content = {**message.content, "media": media_summary(media)}


def media_remember(messages: Iterable[Message]) -> None:
    """The same for what the phone's history holds: fetched on demand only, for much of it nobody wants any more."""
    rows = []
    for message in messages:
        if media := media_of_claim(message):
            message.content = {**message.content, "media": media_summary(media)}
            rows.append(media)
    Media.objects.bulk_create(rows)


def media_of_claim(message: Message) -> Media | None:
    """The row, not saved yet, of the file that a received message says it has."""
    claimed = message.content.get("media")
    if not isinstance(claimed, dict):
        return None
    return Media(
        workspace_id=message.workspace_id,
        session_id=message.session_id,
        message_id=message.pk,
        source=MediaSource.RECEIVED,
        state=MediaState.REMOTE,
        mimetype=claimed.get("mimetype") or UNKNOWN,
        **{name: claimed[name] for name in CLAIMS if claimed.get(name)},
    )


CLAIMS = ("size", "sha256", "filename", "width", "height", "seconds", "waveform")


def media_request(media: Media) -> Media:
    """Fetch a received file now, whatever its size and whatever was tried before."""
    if media.state in (MediaState.STORED, MediaState.PENDING):
        return media
    if media.error_code == "media_gone":
        text = "WhatsApp has deleted the file, and the engine cannot ask the phone to upload it again: get it there."
        raise ApiError("media_gone", text, http_status=410)
    fields = {"state": MediaState.PENDING, "error_code": "", "error_text": "", "tries": 0}
    _settle(media.pk, [media.state], {**fields, "next_try_at": timezone.now()}, tell=False)
    download_hint()
    return Media.objects.get(pk=media.pk)


class MediaDownloads:
    """`sessions_app.hooks.Downloads` on the table of files."""

    def due(self, session_ids: Iterable[uuid.UUID]) -> list[Download]:
        """What to fetch now."""
        rows = Media.objects.filter(
            session_id__in=list(session_ids),
            state=MediaState.PENDING,
            source=MediaSource.RECEIVED,
            next_try_at__lte=timezone.now(),
        )
        return [download for media in rows.order_by("id")[:PAGE] if (download := _download(media))]

    def finish(self, ref: str, path: str) -> None:
        """Store what a host has written to `path`."""
        media = Media.objects.filter(pk=ref, state=MediaState.PENDING).first()
        if media is not None:
            try:
                _store(media, Path(path))
            except ApiError as error:
                _settle(media.pk, [MediaState.PENDING], _failed(error.code, error.message))

    def fail(self, ref: str, code: str, text: str) -> None:
        """Try again later, unless there is no point."""
        media = Media.objects.filter(pk=ref, state=MediaState.PENDING).first()
        if media is None:
            return
        if code in FINAL or media.tries + 1 >= TRIES:
            _settle(media.pk, [MediaState.PENDING], _failed(code, text))
            return
        again = timezone.now() + timedelta(seconds=PAUSE_SECONDS * 3**media.tries)
        Media.objects.filter(pk=media.pk).update(next_try_at=again, tries=F("tries") + 1)


def _download(media: Media) -> Download | None:
    message = _messages(media).first()
    if message is None or media.session_id is None:
        Media.objects.filter(pk=media.pk).update(**_failed("no_file", "The message is gone."))
        return None
    path = str(drafts_dir() / f"received-{uuid.uuid4().hex}")
    return Download(ref=str(media.pk), session=media.session_id, message=message.raw.get("message") or {}, path=path)


def _store(media: Media, path: Path) -> None:
    """Hash while reading; what the message promised must be what came."""
    with Draft(limit=1 << 40) as draft, path.open("rb") as file:
        quota_check(media.workspace_id, path.stat().st_size)
        while chunk := file.read(CHUNK):
            draft.write(chunk)
        if media.sha256 and draft.sha256 != media.sha256:
            raise ApiError("media_corrupt", "The file is not the one that the message spoke of.")
        sniffed = sniff(draft.head, media.filename)
        fields: dict[str, Any] = {
            "state": MediaState.STORED,
            "size": draft.size,
            "sha256": draft.sha256,
            "mimetype": sniffed if sniffed != UNKNOWN else media.mimetype,
            "file": file_store(draft.path, workspace_id=media.workspace_id, media_id=media.pk),
            "thumbnail": _thumbnail(media),
            "expires_at": expiry(),
            "next_try_at": None,
        }
    _settle(media.pk, [MediaState.PENDING], fields)


@retry_conflicts
def _settle(media_id: uuid.UUID, states: Iterable[str], fields: dict[str, Any], *, tell: bool = True) -> None:
    """Write the file's new state, also into its message, and publish it; once."""
    with atomic():
        if not Media.objects.filter(pk=media_id, state__in=list(states)).update(**fields):
            return
        media = Media.objects.get(pk=media_id)
        message = _messages(media).first()
        if message is None:
            return
        message.content = {**message.content, "media": media_summary(media)}
        message.save(update_fields=["content"])
        if tell:
            from messaging.payloads import message_payload

            publish(
                EventType.MESSAGE_MEDIA,
                workspace_id=message.workspace_id,
                session_id=message.session_id,
                payload=message_payload(message),
            )


def _messages(media: Media) -> QuerySet[Message]:
    """The message that brought it, if it is there."""
    return Message.objects.filter(pk__in=[media.message_id] if media.message_id else [])


def _failed(code: str, text: str) -> dict[str, Any]:
    return {"state": MediaState.FAILED, "error_code": code[:60], "error_text": text[:500], "next_try_at": None}


def _thumbnail(media: Media) -> str:
    """The small JPEG that came inside the message, if it is one."""
    message = _messages(media).first()
    data = inline_bytes(message, "JPEGThumbnail") if message else b""
    if not data.startswith(b"\xff\xd8\xff"):
        return ""
    with Draft(limit=1 << 20) as draft:
        draft.write(data)
        return file_store(
            draft.path, workspace_id=media.workspace_id, media_id=media.pk, suffix=f"-t{uuid7().hex[-6:]}"
        )


def inline_bytes(message: Message, name: str) -> bytes:
    """What a message brought in a field of this name of its protobuf; empty when there is none."""
    return _find(message.raw.get("message") or {}, name)


def _find(part: dict[str, Any], name: str) -> bytes:
    for key, value in part.items():
        if key == name and isinstance(value, str):
            try:
                return base64.b64decode(value)
            except ValueError:
                return b""
        if isinstance(value, dict) and key != "contextInfo" and (found := _find(value, name)):
            return found
    return b""


def media_of_message(session: Session, message_id: uuid.UUID) -> Media:
    """The file that a message brought; 404 when it brought none."""
    media = Media.objects.filter(message_id=message_id, session=session, source=MediaSource.RECEIVED).first()
    if media is None:
        raise ApiError("media_not_found", "This message brought no file.", http_status=404)
    return media

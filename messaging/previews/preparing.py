"""The preview of a text that waits for it, in a worker and within LINK_PREVIEW_SECONDS of the message's creation.

A preview is an ornament: whatever fails, the text leaves without it, and `content.link_preview.error` says why.
"""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from messaging.media.fetching import media_fetch
from messaging.media.making import MakingFailed
from messaging.media.storage import local_file
from messaging.models import Media, MediaSource, MediaState, Message, MessageKind, MessageState

from .looking import FAULTS, Errand, Preview, fault_code, image_small, preview_look

PAGE = 100


def preview_prepare(message: Message) -> Preview:
    """The message's preview as it will be sent."""
    preview: Preview = message.content.get("link_preview") or {}
    errand = Errand(message.workspace_id, message.created_at)
    if "title" not in preview:
        return {**preview, **preview_look(errand, preview["url"])}
    try:
        return {**preview, "image": _made_small(errand, preview["image"]["id"])}
    except FAULTS as error:
        return _failed(preview, fault_code(error))


def previews_give_up(session_ids: Iterable[uuid.UUID]) -> int:
    """Let texts go whose preview did not come in time: the worker is busy or away. Called by the session's owner."""
    from messaging.media.preparing import message_ready

    limit = timezone.now() - timedelta(seconds=settings.LINK_PREVIEW_SECONDS + 1)
    late = Message.objects.filter(state=MessageState.PREPARING, session_id__in=list(session_ids), created_at__lt=limit)
    rows = list(late.filter(kind=MessageKind.TEXT).order_by("id")[:PAGE])
    for message in rows:
        failed = _failed(message.content.get("link_preview") or {}, "url_timeout")
        message_ready(message, {**message.content, "link_preview": failed})
    return len(rows)


def _failed(preview: Preview, code: str) -> Preview:
    return {**{name: value for name, value in preview.items() if name != "image"}, "error": code}


def _made_small(errand: Errand, media_id: str) -> Preview:
    """The image that the caller gave."""
    media = Media.objects.filter(pk=media_id).first()
    if media and media.state == MediaState.PENDING and media.source == MediaSource.URL:
        media = media_fetch(media.pk, kind="image", seconds=errand.left())
    if media is None or media.state != MediaState.STORED:
        raise MakingFailed((media and media.error_code) or "media_expired", "The image is not here.")
    with local_file(media.file) as path:
        return image_small(errand, path)

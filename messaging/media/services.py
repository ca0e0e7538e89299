"""Writing files: store, expire, delete."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from messaging.models import Media, MediaSource, MediaState
from whatsapp_api.core.db import uuid7

from .limits import quota_check
from .sniff import sniff
from .storage import Draft, drafts_clean, file_delete, file_store

PAGE = 200


def media_create(
    *,
    workspace_id: uuid.UUID,
    draft: Draft,
    source: MediaSource = MediaSource.UPLOAD,
    filename: str = "",
    **fields: Any,
) -> Media:
    """Keep a file that has arrived whole; ApiError beyond the workspace's quota."""
    quota_check(workspace_id, draft.size)
    media_id = uuid7()
    return Media.objects.create(
        id=media_id,
        workspace_id=workspace_id,
        source=source,
        state=MediaState.STORED,
        mimetype=sniff(draft.head, filename),
        filename=filename[:255],
        size=draft.size,
        sha256=draft.sha256,
        file=file_store(draft.path, workspace_id=workspace_id, media_id=media_id),
        expires_at=expiry(),
        **fields,
    )


def expiry() -> Any:
    """When a file that is stored or used now goes; None is never."""
    days = settings.MEDIA_KEEP_DAYS
    return timezone.now() + timedelta(days=days) if days else None


def media_delete(media: Media) -> None:
    """Remove the bytes and keep the row, which messages may speak of. Repeating it does no harm."""
    media_expire(media)


def media_expire(media: Media) -> None:
    """The row first: a reader that comes in between is told that it is gone."""
    Media.objects.filter(pk=media.pk).update(state=MediaState.EXPIRED, variant=None, url="", next_try_at=None)
    for name in (media.file, media.thumbnail):
        file_delete(name)
    Media.objects.filter(pk=media.pk).update(file="", thumbnail="")


def media_due() -> tuple[QuerySet[Media], QuerySet[Media]]:
    """What has had its time, and what came for sessions that were deleted."""
    expired = Media.objects.filter(state=MediaState.STORED, expires_at__lt=timezone.now())
    orphaned = Media.objects.filter(source=MediaSource.RECEIVED, session=None).exclude(state=MediaState.EXPIRED)
    return expired, orphaned


def media_clean() -> int:
    """Remove the bytes of what has had its time, and of sessions that were deleted; how many files."""
    drafts_clean()
    count = 0
    for rows in media_due():
        while page := list(rows.order_by("id")[:PAGE]):
            for media in page:
                media_expire(media)
            count += len(page)
    return count

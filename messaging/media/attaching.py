"""From the file that a request names to what its message says of it."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from rest_framework.exceptions import ValidationError

from messaging.models import Media, MediaSource, MediaState
from sessions_app.models import Session

from .fetching import media_from_url
from .limits import size_limit, too_large
from .making import MADE_KINDS
from .payloads import media_summary
from .services import expiry, media_create
from .storage import Draft

Content = dict[str, Any]
STICKER_OPTIONS = ("pack", "author", "emojis")


@dataclass(frozen=True, slots=True)
class Attached:
    """`summary` for `content["media"]`; not `ready`: a worker has to fetch it or make it fit first."""

    summary: Content
    ready: bool


def media_attach(*, session: Session, kind: str, given: Mapping[str, Any], content: Content) -> Attached:
    """Find or store the file. Refusals name the field."""
    media = media_find(session, kind, given)
    Media.objects.filter(pk=media.pk).update(expires_at=expiry())  # it is in use
    if media.state == MediaState.STORED:
        require_size(media, kind)
        if fit := media_fit(media, kind, content):
            return Attached(media_summary(fit), ready=True)
    return Attached(media_summary(media), ready=False)


def require_size(media: Media, kind: str) -> None:
    """ApiError for a file that is too long for this kind."""
    if media.size > size_limit(kind):
        raise too_large(size_limit(kind), kind)


def media_fit(media: Media, kind: str, content: Content) -> Media | None:
    """The file to send as this kind, if it is ready: the original, or what was made of it before."""
    if kind not in MADE_KINDS or fit_name(kind, content) in media.fits:
        return media
    variant = Media.objects.filter(variant=variant_name(media, kind, content), state=MediaState.STORED).first()
    if variant:
        Media.objects.filter(pk=variant.pk).update(expires_at=expiry())
    return variant


def making_options(content: Content) -> Content:
    """What of the message changes how its file is made."""
    return {name: content[name] for name in STICKER_OPTIONS if content.get(name)}


def fit_name(kind: str, content: Content) -> str:
    """Names a way of making."""
    options = making_options(content)
    if not options:
        return kind
    return f"{kind}:{hashlib.sha256(json.dumps(options, sort_keys=True).encode()).hexdigest()[:16]}"


def variant_name(media: Media, kind: str, content: Content) -> str:
    """Names what is made of a file in that way; unique."""
    return f"{media.pk}:{fit_name(kind, content)}"


def engine_media(media_id: str) -> Content | None:
    """The file's row as the engine needs it, without a path; None when it is gone."""
    media = Media.objects.filter(pk=media_id, state=MediaState.STORED).first()
    if media is None:
        return None
    names = ("mimetype", "filename", "size", "sha256", "width", "height", "seconds", "waveform", "file", "thumbnail")
    return {name: getattr(media, name) for name in names}


def media_find(session: Session, kind: str, given: Mapping[str, Any]) -> Media:
    """The file that a request names by one of MediaField's ways, stored or to be fetched by a worker."""
    workspace_id = session.workspace_id
    if "id" in given:
        return _existing(session, given["id"])
    if "url" in given:
        return media_from_url(
            workspace_id=workspace_id, url=given["url"], filename=given["filename"], kind=kind, ask=False
        )
    with Draft(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE) as draft:
        draft.write(given["data"])
        return media_create(workspace_id=workspace_id, draft=draft, filename=given["filename"])


def _existing(session: Session, media_id: uuid.UUID) -> Media:
    rows = Media.objects.filter(pk=media_id, workspace_id=session.workspace_id).exclude(source=MediaSource.MADE)
    media = rows.exclude(source=MediaSource.RECEIVED, session=None).first()
    if media is None:
        raise ValidationError({"media": ["There is no file with this id in the session's workspace."]})
    if media.state in (MediaState.EXPIRED, MediaState.FAILED):
        raise ValidationError({"media": [f"The file is {media.state}; upload it again."]})
    if media.source == MediaSource.RECEIVED and media.state != MediaState.STORED:
        raise ValidationError({"media": ["The file has not been fetched from WhatsApp."]})
    return media

"""A file as programs see it."""

from typing import Any

from messaging.models import Media, MediaState
from whatsapp_api.core.formats import iso

from .links import path_of, signed_link


def media_payload(media: Media) -> dict[str, Any]:
    """As in `GET /media/{id}`, with links that work for a while without a token."""
    link, until = signed_link(media.pk) if media.state == MediaState.STORED else (None, None)
    return {
        **media_summary(media),
        "workspace": str(media.workspace_id),
        "session": str(media.session_id) if media.session_id else None,
        "message": str(media.message_id) if media.message_id else None,
        "source": media.source,
        "thumbnail_url": path_of(media.pk, "thumbnail") if media.thumbnail else None,
        "signed_url": link,
        "signed_thumbnail_url": signed_link(media.pk, "thumbnail")[0] if media.thumbnail else None,
        "signed_until": until,
        "error": {"code": media.error_code, "message": media.error_text} if media.error_code else None,
        "created_at": iso(media.created_at),
        "expires_at": iso(media.expires_at),
    }


def media_summary(media: Media) -> dict[str, Any]:
    """What a message says of its file. No signed links: it is stored in events."""
    return {
        "id": str(media.pk),
        "state": media.state,
        "mimetype": media.mimetype,
        "size": media.size,
        "filename": media.filename or None,
        "sha256": media.sha256 or None,
        "width": media.width,
        "height": media.height,
        "seconds": media.seconds,
        "waveform": media.waveform or None,
        "url": path_of(media.pk),
    }

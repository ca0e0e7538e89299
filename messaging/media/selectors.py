"""Reading files: always within the workspaces that the caller may see."""

import uuid

from django.db.models import QuerySet

from messaging.models import Media, MediaSource, MediaState
from whatsapp_api.accounts.authority import Authority
from whatsapp_api.core.errors import ApiError


def media_of(authority: Authority) -> QuerySet[Media]:
    """Files that the caller may see; a key that is bound to some sessions: what these received."""
    rows = _visible(authority)
    return rows if authority.sessions is None else rows.filter(session_id__in=authority.sessions)


def media_get(authority: Authority, media_id: uuid.UUID) -> Media:
    """One file; 404 for all others. Whoever knows the id of an upload may see it, also with a bound key."""
    media = _visible(authority).filter(pk=media_id).first()
    foreign = media and media.session_id and authority.sessions and media.session_id not in authority.sessions
    if media is None or foreign:
        raise not_found()
    return media


def _visible(authority: Authority) -> QuerySet[Media]:
    rows = Media.objects.filter(workspace_id__in=authority.workspaces()).order_by("-id")
    return rows.exclude(source=MediaSource.RECEIVED, session=None)


def not_found(code: str = "media_not_found", text: str = "There is no file with this id that you may see.") -> ApiError:
    return ApiError(code, text, http_status=404)


def require_stored(media: Media) -> Media:
    """Refuses a file whose bytes are not here, and says why."""
    match media.state:
        case MediaState.STORED:
            return media
        case MediaState.EXPIRED:
            raise ApiError("media_expired", "The file has been removed.", http_status=410)
        case MediaState.FAILED:
            text = media.error_text or "The file could not be fetched."
            raise ApiError(media.error_code or "media_failed", text, http_status=409)
    text = "The file is not here yet; the event message.media tells when it is."
    if media.state == MediaState.REMOTE:
        text = "The file lies at WhatsApp; POST .../messages/{id}/media/download fetches it."
    raise ApiError("media_not_stored", text, http_status=409)

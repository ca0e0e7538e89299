"""Links that work without a token for a short time. The signature covers the path, so it opens nothing else."""

import hmac
import time
import uuid

from django.conf import settings
from django.utils.crypto import salted_hmac

from whatsapp_api.core.errors import ApiError
from whatsapp_api.core.formats import from_unix, iso

SALT = "messaging.media.links"
PARTS = ("content", "thumbnail")


def path_of(media_id: uuid.UUID, part: str = "content") -> str:
    """Where a file is served, for callers with a token."""
    return f"/api/v1/media/{media_id}/{part}"


def signed_link(media_id: uuid.UUID, part: str = "content") -> tuple[str, str]:
    """A link, and until when it works (ISO 8601)."""
    expires = int(time.time()) + settings.MEDIA_LINK_MINUTES * 60
    path = path_of(media_id, part)
    return f"{path}?expires={expires}&signature={_signature(path, expires)}", str(iso(from_unix(expires)))


def require_signature(media_id: uuid.UUID, part: str, expires: str, signature: str) -> None:
    """Refuses a link that is malformed, altered or over."""
    seconds = int(expires) if expires.isascii() and expires.isdigit() and len(expires) < 12 else 0
    wanted = _signature(path_of(media_id, part), seconds)
    if not hmac.compare_digest(wanted.encode(), signature.encode()):
        raise ApiError("link_invalid", "This link is not one that was given out; ask for a new one.", http_status=403)
    if seconds < time.time():
        raise ApiError("link_expired", "This link has had its time; ask for a new one.", http_status=403)


def _signature(path: str, expires: int) -> str:
    return salted_hmac(SALT, f"{path}:{expires}", algorithm="sha256").hexdigest()

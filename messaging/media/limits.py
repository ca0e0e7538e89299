"""How large files may be, and how much a workspace may keep. WhatsApp's own limits are the defaults."""

import uuid

from django.conf import settings
from django.db.models import Sum

from messaging.models import Media, MediaState
from whatsapp_api.core.errors import ApiError

MB = 1 << 20


def size_limit(kind: str) -> int:
    """Bytes that a file of this kind of message may have; of an unknown kind as much as a document."""
    limits: dict[str, int] = settings.MEDIA_MAX_MB
    return limits.get(kind, limits["document"]) * MB


def too_large(size: int, kind: str = "document") -> ApiError:
    """The refusal of a file that is longer than `size` bytes."""
    sentence = f"A file to send as {kind} may have at most {size} bytes."
    return ApiError("media_too_large", sentence, http_status=413)


def quota_check(workspace_id: uuid.UUID, size: int = 0) -> None:
    """Refuse another `size` bytes when the workspace would keep more than its share."""
    quota = settings.MEDIA_QUOTA_MB * MB
    if quota and usage(workspace_id) + size > quota:
        text = f"The workspace may keep {quota} bytes of files; delete some, or ask the operator for more."
        raise ApiError("media_quota_exceeded", text, http_status=413)


def usage(workspace_id: uuid.UUID) -> int:
    """Bytes that the workspace keeps."""
    rows = Media.objects.filter(workspace_id=workspace_id, state=MediaState.STORED)
    return int(rows.aggregate(total=Sum("size"))["total"] or 0)

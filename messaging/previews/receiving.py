"""The small image that came with a received link, kept as a file."""

from messaging.media.arriving import inline_bytes
from messaging.media.payloads import media_summary
from messaging.media.services import media_create
from messaging.media.storage import Draft
from messaging.models import MediaSource, Message
from whatsapp_api.core.errors import ApiError

IMAGE_BYTES = 256 * 1024


def preview_keep(message: Message) -> None:
    """Store the image of the preview of a message that is not saved yet, if it brought one; name it in the content."""
    preview = message.content.get("link_preview")
    data = inline_bytes(message, "JPEGThumbnail") if preview else b""
    if not data.startswith(b"\xff\xd8\xff") or len(data) > IMAGE_BYTES:
        return
    with Draft(limit=IMAGE_BYTES) as draft:
        draft.write(data)
        try:
            media = media_create(
                workspace_id=message.workspace_id,
                draft=draft,
                source=MediaSource.RECEIVED,
                session_id=message.session_id,
                message_id=message.pk,
            )
        except ApiError:  # the workspace is full: the text matters more
            return
    message.content = {**message.content, "link_preview": {**preview, "image": media_summary(media)}}

"""An album: a message that says how many files follow, and files that name it (MessageAssociation)."""

from typing import Any

from sessions_app.engine.whatsapp import jids
from sessions_app.engine.whatsapp.library import Message

from .draft import Draft


def build(draft: Draft) -> Any:
    """`{images, videos}`"""
    content = draft.content
    counts = {"expectedImageCount": content.get("images", 0), "expectedVideoCount": content.get("videos", 0)}
    return Message(albumMessage={name: count for name, count in counts.items() if count})


def associate(draft: Draft, message: Any) -> Any:
    """The file with the album that it belongs to, `{album}`; alone when the album did not leave."""
    album = draft.content.get("album") or {}
    if album.get("wa_id"):
        association = message.messageContextInfo.messageAssociation
        association.associationType = type(association).MEDIA_ALBUM
        key = association.parentMessageKey
        key.remoteJID, key.fromMe, key.ID = jids.text(draft.to), True, album["wa_id"]
    return message

"""A text, with the preview of a link if it has one, or on a coloured ground as status."""

from pathlib import Path
from typing import Any

from sessions_app.engine.whatsapp import jids
from sessions_app.engine.whatsapp.library import Message

from .draft import Draft

OPAQUE = 0xFF000000
WHITE = 0xFFFFFFFF
GROUND = "#0b6b53"


def build(draft: Draft) -> Any:
    """The short form; context turns it into the long one where it carries more."""
    preview = _preview(draft.content.get("link_preview") or {})
    if draft.to.Server == jids.STATUS_SERVER:
        preview |= _ground(draft.content.get("background_color") or GROUND)
    if preview:
        return Message(extendedTextMessage={"text": draft.text(), **preview})
    # Not through neonize's own way for str: it asks the server about group mentions that it sees in the text.
    return Message(conversation=draft.text())


def _preview(preview: dict[str, Any]) -> dict[str, Any]:
    """`{url, title, description?, image?: {path}}`; without a title there is nothing to show."""
    if not preview.get("title"):
        return {}
    parts = {"matchedText": preview["url"], "title": preview["title"], "description": preview.get("description", "")}
    if data := _bytes((preview.get("image") or {}).get("path")):
        parts["JPEGThumbnail"] = data
    return parts


def _bytes(path: Any) -> bytes:
    """The small image; nothing when it is gone, for the text matters more."""
    try:
        return Path(str(path)).read_bytes() if path else b""
    except OSError:
        return b""


def _ground(color: str) -> dict[str, Any]:
    """Phones show a status without colours as black on nothing."""
    return {"backgroundArgb": OPAQUE | int(color.removeprefix("#"), 16), "textArgb": WHITE}

"""Files: pictures, films, sound, documents."""

from collections.abc import Callable
from functools import partial
from typing import Any

from .content import Content, given

MARKS = {"viewOnce": "view_once", "gifPlayback": "gif"}


def _file(kind: str, part: Any) -> Content:
    known = part.DESCRIPTOR.fields_by_name
    caption, filename, title = (
        getattr(part, name) if name in known else "" for name in ("caption", "fileName", "title")
    )
    marks = given(**{ours: getattr(part, name) for name, ours in MARKS.items() if name in known})
    return Content(kind, caption or title or filename, details=given(caption=caption, **marks))


def _audio(part: Any) -> Content:
    return _file("voice" if part.PTT else "audio", part)


def _album(part: Any) -> Content:
    return Content("album", details=given(images=part.expectedImageCount, videos=part.expectedVideoCount))


def _sticker(part: Any) -> Content:
    return _file("sticker", part)


READERS: dict[str, Callable[[Any], Content]] = {
    "imageMessage": partial(_file, "image"),
    "videoMessage": partial(_file, "video"),
    "ptvMessage": partial(_file, "video_note"),
    "audioMessage": _audio,
    "documentMessage": partial(_file, "document"),
    "stickerMessage": _sticker,
    "lottieStickerMessage": lambda part: _sticker(part.message.stickerMessage),
    "albumMessage": _album,
}

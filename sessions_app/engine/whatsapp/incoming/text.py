"""Texts."""

from typing import Any

from .content import Content, given


def _short(text: str) -> Content:
    return Content("text", text, details={"text": text})


def _long(part: Any) -> Content:
    preview = given(url=part.matchedText, title=part.title, description=part.description) if part.matchedText else {}
    style = given(background_color=_color(part.backgroundArgb), font=part.font if part.backgroundArgb else 0)
    return Content("text", part.text, details={"text": part.text, **given(link_preview=preview), **style})


def _color(argb: int) -> str:
    return f"#{argb & 0xFFFFFF:06x}" if argb else ""


READERS = {"conversation": _short, "extendedTextMessage": _long}

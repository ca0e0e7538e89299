"""What can be written where: a channel and the status take less than a chat does, the rest is refused with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sessions_app.engine.provider import Provider
from whatsapp_api.core.errors import ApiError

from .kinds import Kind


@dataclass(frozen=True, slots=True)
class Place:
    """A chat of its own kind. The provider's capability `<name>.<kind>` says what can be written there."""

    name: str
    title: str
    without: str  # the options that WhatsApp has not got there, as a sentence


CHANNEL = Place("channel", "a channel", "Posts of a channel answer and mention nobody, and stay")
STATUS = Place("status", "the status", "A status answers and mentions nobody, and disappears after 24 hours by itself")
OPTIONS = ("quoted", "mentions", "mention_all", "expires", "view_once")
FILES_IN_CHANNELS = (
    "WhatsApp takes files for channels with the handle of an upload of their own, "
    "which the provider's library cannot send along. Write a text with a link."
)
LISTS = "Broadcast lists belong to the phone and cannot be written to from here. Write to their people one by one."


def require_possible(provider: Provider, kind: Kind, to: str, body: Mapping[str, Any]) -> None:
    """501 for a kind or an option that does not exist where it is to be written."""
    place = _place(to)
    if place is None:
        return
    if f"{place.name}.{kind.name}" not in provider.capabilities:
        text = f"Messages of the kind {kind.name} cannot be written to {place.title}."
        why = FILES_IN_CHANNELS if place is CHANNEL and kind.media else ""
        raise _unsupported(f"{text} {why}".strip())
    if option := next((name for name in OPTIONS if body.get(name)), None):
        raise _unsupported(f"{place.without}: leave out {option}.")


def _place(to: str) -> Place | None:
    server = to.rpartition("@")[2]
    if server == "newsletter":
        return CHANNEL
    if server != "broadcast":
        return None
    if to != "status@broadcast":
        raise _unsupported(LISTS)
    return STATUS


def _unsupported(text: str) -> ApiError:
    return ApiError("unsupported", text, http_status=501)

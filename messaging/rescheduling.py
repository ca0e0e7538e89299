"""Changing a message that has not left yet."""

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ValidationError

from .delivery import PRIORITIES
from .kinds import KINDS, Kind, Unfit
from .models import Message
from .scheduling import message_reschedule

NO_LOOK_UP = "Images are made small when a message is made; cancel this one and send another."
DELIVERY = ("scheduled_at", "priority", "on_unknown")
WORDS = ("text", "caption")
KEPT = ("context", "media")


def message_update(*, message: Message, body: Mapping[str, Any]) -> Message:
    """Change when a scheduled message leaves, or what it says: all fields of its kind but the file (`content`), or
    only its `text` or `caption`."""
    changes: dict[str, Any] = {name: body[name] for name in DELIVERY if name in body}
    if "priority" in changes:
        changes["priority"] = PRIORITIES[changes["priority"]]
    if "scheduled_at" in changes:
        changes["due_at"] = changes["scheduled_at"]
    if "album" in message.content:
        raise ValidationError({"non_field_errors": ["It belongs to an album; change that one."]})
    words = {name: body[name] for name in WORDS if name in body}
    if "content" in body or words:
        changes |= _said(message, body.get("content"), words)
    if not changes:
        raise ValidationError({"non_field_errors": ["Give at least one field to change."]})
    return message_reschedule(message=message, changes=changes)


def _said(message: Message, fields: Mapping[str, Any] | None, words: Mapping[str, str]) -> dict[str, Any]:
    kind = KINDS.get(message.kind)
    if kind is None or kind.refers or "source" in message.content:
        raise ValidationError({"content": ["What this message says cannot be changed; cancel it and send another."]})
    given = {**(_as_sent(message, kind) if fields is None else fields), **words}
    serializer = kind.fields(data=given)
    if kind.media:
        serializer.fields.pop("media")  # the file stays
    if unknown := set(given) - set(serializer.fields):
        known = ", ".join(serializer.fields)
        wrong = {name: [f"There are {known}."] for name in sorted(unknown)}
        raise ValidationError(wrong if unknown <= set(words) else {"content": wrong})
    if not serializer.is_valid():
        raise ValidationError({"content": serializer.errors})
    said = serializer.validated_data
    if said.get("preview") or (said.get("link_preview") or {}).get("image"):
        raise ValidationError({"content": {"link_preview": [NO_LOOK_UP]}})
    try:
        content = kind.content(said)
    except Unfit as error:
        raise ValidationError({"content": {error.field: [error.text]}}) from error
    content |= {name: message.content[name] for name in KEPT if name in message.content}
    return {"content": content, "text": kind.text(content)}


def _as_sent(message: Message, kind: Kind) -> dict[str, Any]:
    """The content as a body, as far as the kind has fields for it. A preview was that of the old words."""
    names: set[str] = set(kind.fields().fields.keys()) - {"media", "link_preview", "preview"}
    return {name: value for name, value in message.content.items() if name in names}

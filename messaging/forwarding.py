"""Passing a message on to another chat: of the same kind, saying the same, marked as forwarded."""

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ValidationError

from sessions_app.engine import registry
from sessions_app.models import Session

from .delivery import delivery_of
from .effects import IN_EFFECT
from .idempotency import Once, once_guard
from .kinds import KINDS, Content
from .media.payloads import media_summary
from .media.services import expiry
from .models import Media, MediaState, Message, MessageKind
from .places import require_possible
from .references import message_find, reference_to
from .sending import require_supported
from .services import message_create

# A place that moves belongs to whoever is there.
KINDS_ALLOWED = frozenset(name for name, kind in KINDS.items() if not kind.refers) - {MessageKind.LIVE_LOCATION.value}
# What belongs to the original: what it carried, and what others made of it.
LEFT_BEHIND = frozenset(
    {"context", "source", "album", "tally", "votes", "original_text", "background_color", "font", "view_once"}
)


def message_forward(*, session: Session, body: Mapping[str, Any], once: Once | None = None) -> Message:
    """Queue a message that says what `body["message"]` says. Raises Replayed as message_send does."""
    original = message_find(session, body["message"])
    _require_forwardable(original)
    kind = KINDS[original.kind]
    require_supported(session, kind.name)
    require_possible(registry.get(session.provider), kind, body["to"], body)
    content = _content(original)
    content["context"] = {
        **_marks(original),
        **({"expires": body["expires"]} if body.get("expires") is not None else {}),
    }
    with once_guard(once):
        return message_create(
            session=session,
            to=body["to"],
            kind=kind.name,
            content=content,
            text=original.text,
            delivery=delivery_of(body),
            once=once,
        )


def _require_forwardable(original: Message) -> None:
    if original.kind not in KINDS_ALLOWED:
        raise _unfit(f"A message of the kind {original.kind} cannot be forwarded.")
    if original.state not in IN_EFFECT:
        raise _unfit(f"Only what was sent or received can be forwarded; this message is {original.state}.")
    if original.revoked_at:
        raise _unfit("This message was deleted for everyone.")
    if original.content.get("view_once"):
        raise _unfit("What can be seen once cannot be forwarded.")


def _content(original: Message) -> Content:
    content = {name: value for name, value in original.content.items() if name not in LEFT_BEHIND}
    if KINDS[original.kind].media:
        content["media"] = _media(original)
    return {**content, "source": reference_to(original)}


def _media(original: Message) -> Content:
    """The original's file. When it is not here, what WhatsApp keeps of it is pointed to once more."""
    rows = Media.objects.filter(pk=original.content.get("media", {}).get("id"))
    media = rows.first()
    if media is None or (media.state != MediaState.STORED and not original.raw.get("message")):
        raise _unfit("The message's file is gone.")
    rows.filter(state=MediaState.STORED).update(expires_at=expiry())  # it is in use
    return media_summary(media)


def _marks(original: Message) -> Content:
    score = int(original.content.get("context", {}).get("forwarding_score") or 0)
    return {"forwarded": True, "forwarding_score": score + 1}


def _unfit(text: str) -> ValidationError:
    return ValidationError({"message": [text]})

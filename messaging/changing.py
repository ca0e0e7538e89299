"""A message as a resource: change what it says, take it back, react to it.

While it waits here it is changed itself; once it has left, the change is a message of its own (kinds/changes.py), made
by the same service as `POST .../messages/{edit,revoke,reaction}`.
"""

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ValidationError

from sessions_app.models import Session

from .idempotency import Once
from .kinds import KINDS
from .models import Message, MessageKind, MessageState
from .rescheduling import WORDS, message_update
from .scheduling import CANCELLABLE, message_cancel
from .sending import message_send


def message_change(*, session: Session, message: Message, body: Mapping[str, Any], once: Once | None = None) -> Message:
    """What was changed: the message itself while it is scheduled, else the edit that follows it.

    `body`: columns of delivery and `content`, which only a scheduled message takes; or `text`, or `caption` of a file.
    """
    if message.state == MessageState.SCHEDULED or not any(name in body for name in WORDS):
        return message_update(message=message, body=body)
    if unfit := sorted(set(body) - set(WORDS)):
        raise ValidationError({unfit[0]: ["Only a scheduled message can be changed in this; this one has left."]})
    field = words_field(message)
    if wrong := [name for name in WORDS if name in body and name != field]:
        raise ValidationError({wrong[0]: [f"A message of the kind {message.kind} has no {wrong[0]}; write `{field}`."]})
    return _about(session, message, "edit", once, text=body[field])


def message_withdraw(*, session: Session, message: Message, once: Once | None = None) -> Message:
    """Nobody is to read it: cancelled while it waits here, else the message that deletes it for everyone."""
    if message.state in (*CANCELLABLE, MessageState.CANCELLED):
        return message_cancel(message=message)
    return _about(session, message, "revoke", once)


def message_react(*, session: Session, message: Message, emoji: str, once: Once | None = None) -> Message:
    """The reaction; an empty one takes an earlier one back."""
    return _about(session, message, "reaction", once, emoji=emoji)


def words_field(message: Message) -> str:
    """What people read of it, by the name that its kind has for it."""
    return "text" if message.kind == MessageKind.TEXT else "caption"


def _about(session: Session, message: Message, kind: str, once: Once | None, **fields: Any) -> Message:
    return message_send(session=session, kind=KINDS[kind], body={"message": str(message.pk), **fields}, once=once)

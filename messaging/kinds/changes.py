"""What is said about an earlier message: a reaction, another text, that it is taken back."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework import serializers

from messaging.fields import StrictTextField
from messaging.models import Message, MessageKind, MessageState
from whatsapp_api.core.errors import ApiError, Conflict

from .base import Body, Content, Kind
from .text import TEXT_LIMIT

EDITABLE = {MessageKind.TEXT, MessageKind.IMAGE, MessageKind.VIDEO, MessageKind.DOCUMENT}
POST_EDIT_WITHIN = timedelta(days=30)
CHANNEL = "@newsletter"
EMOJI_LIMIT = 32


class ReactionFields(serializers.Serializer[Any]):
    """An emoji to a message."""

    emoji = StrictTextField(max_length=EMOJI_LIMIT, allow_blank=True, help_text="Empty takes the reaction back.")


class EditFields(serializers.Serializer[Any]):
    """Another text, or another caption, for a message of the account."""

    text = StrictTextField(max_length=TEXT_LIMIT)


class RevokeFields(serializers.Serializer[Any]):
    """Deletes a message for everyone."""


def _reaction(body: Body) -> Content:
    _require_there(body["message"])
    return {"emoji": body["emoji"].strip()}


def _edit(body: Body) -> Content:
    message: Message = body["message"]
    _require_there(message)
    if not message.from_me:
        raise _not_own("Only what this account wrote can be edited.")
    if message.kind not in EDITABLE:
        raise Conflict("message_not_editable", f"Texts and captions can be edited; this is of the kind {message.kind}.")
    if _age(message) > _edit_window(message):
        text = f"WhatsApp lets this be edited for {_said(_edit_window(message))} only; send a new one."
        raise Conflict("edit_too_late", text)
    return {"text": body["text"]}


def _revoke(body: Body) -> Content:
    message: Message = body["message"]
    _require_there(message)
    if not message.from_me and not message.chat.endswith("@g.us"):
        raise _not_own("Only messages of this account can be deleted for everyone; in groups an admin may.")
    if not message.chat.endswith(CHANNEL) and _age(message) > timedelta(hours=settings.REVOKE_WITHIN_HOURS):
        text = f"WhatsApp lets a message be deleted for everyone for {settings.REVOKE_WITHIN_HOURS} hours only."
        raise Conflict("revoke_too_late", text)
    return {}


def _require_there(message: Message) -> None:
    """It is or will be at WhatsApp under an id that is known or will be, and nobody has taken it back."""
    doubtful = message.state == MessageState.UNCONFIRMED and not message.wa_id
    if doubtful or message.state in (MessageState.FAILED, MessageState.CANCELLED):
        raise Conflict(
            "message_not_sent", f"The message is {message.state}, so there is nothing to change at WhatsApp."
        )
    if message.revoked_at:
        raise Conflict("message_revoked", "This message was deleted for everyone.")


def _age(message: Message) -> timedelta:
    """Since it left; what still waits has no age."""
    left = message.sent_at or (None if message.from_me else message.timestamp)
    return timezone.now() - left if left else timedelta()


def _edit_window(message: Message) -> timedelta:
    post = message.chat.endswith(CHANNEL)
    return POST_EDIT_WITHIN if post else timedelta(minutes=settings.EDIT_WITHIN_MINUTES)


def _said(window: timedelta) -> str:
    return f"{window.days} days" if window.days else f"{window.seconds // 60} minutes"


def _not_own(text: str) -> ApiError:
    return ApiError("message_not_own", text, http_status=403)


REACTION = Kind(
    name=MessageKind.REACTION,
    summary="React to a message",
    fields=ReactionFields,
    content=_reaction,
    text=lambda content: str(content["emoji"]),
    refers=True,
    options=False,
)
EDIT = Kind(
    name=MessageKind.EDIT,
    summary="Edit a message",
    description="Within 15 minutes of sending it; a post of a channel within 30 days.",
    fields=EditFields,
    content=_edit,
    text=lambda content: str(content["text"]),
    refers=True,
    options=False,
)
REVOKE = Kind(
    name=MessageKind.REVOKE,
    summary="Delete a message for everyone",
    description="Of this account; in a group that it administers, of anybody.",
    fields=RevokeFields,
    content=_revoke,
    text=lambda content: "",
    refers=True,
    options=False,
)

"""What becomes of an attempt to send, as columns of the message; one conditional update and its event."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import timezone

from sessions_app.engine.base import SendFinished
from whatsapp_api.accounts.bodies.fields import bodies_in
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.formats import from_unix
from whatsapp_api.events.models import EventType
from whatsapp_api.events.numbering import counted_first
from whatsapp_api.events.publish import publish

from . import followers, metrics
from .effects import effect_of_sent
from .models import Message, MessageKind, MessageState, OnUnknown
from .payloads import message_payload

Fields = dict[str, Any]
CHANGES = (MessageKind.EDIT, MessageKind.REVOKE)


@retry_conflicts
def message_settle(
    message_id: uuid.UUID, claim: str, states: Iterable[str], fields: Fields, known: Message | None = None
) -> bool:
    """Write what became of the attempt `claim`, and publish it. False when the row is not in that attempt any more.

    `known`: the row as it was claimed; nobody else writes to it until it is settled.
    """
    with counted_first(known.workspace_id) if known else atomic():
        rows = Message.objects.filter(pk=message_id, claim=claim, state__in=list(states))
        if not rows.update(**_columns(message_id, fields, known)):
            return False
        message = known or Message.objects.get(pk=message_id)
        for name, value in fields.items():
            setattr(message, name, value)
        metrics.settled(message)
        ack_publish(message)
        if message.state == MessageState.SENT:
            effect_of_sent(message)
    return True


def _columns(message_id: uuid.UUID, fields: Fields, known: Message | None) -> Fields:
    """A look-up of the workspace is needed for bodies only, and then the row is at hand nearly always."""
    if not {"raw", "content", "text"} & set(fields):
        return fields
    rows = Message.objects.filter(pk=message_id).values_list("workspace_id", flat=True)
    workspace_id = known.workspace_id if known else rows.first()
    return bodies_in(Message, workspace_id, fields) if workspace_id else fields


def ack_publish(message: Message) -> None:
    publish(
        EventType.MESSAGE_ACK,
        workspace_id=message.workspace_id,
        session_id=message.session_id,
        payload=message_payload(message),
    )
    followers.acked(message)


def sent(outcome: SendFinished, message: Message | None) -> Fields:
    """A change of a post in a channel goes out under the very id of the post, which names that one only."""
    at = from_unix(outcome.timestamp) if outcome.timestamp else timezone.now()
    fields: Fields = {"state": MessageState.SENT, "wa_id": outcome.wa_id, "sent_at": at, "timestamp": at}
    if outcome.raw:
        fields["raw"] = outcome.raw
    if message and message.kind in CHANGES and message.chat.endswith("@newsletter"):
        del fields["wa_id"]
    return {**fields, "error_code": "", "error_text": ""}


def failed(code: str, text: str) -> Fields:
    return {"state": MessageState.FAILED, **_error(code, text)}


def unknown(message: Message, code: str, text: str) -> Fields:
    """`unconfirmed`, or back into the queue where the caller would rather have it twice than not at all.

    A row that waits again keeps the claim of the doubtful attempt: a late report of that one settles it.
    """
    if message.on_unknown == OnUnknown.RESEND and message.resends < settings.RESENDS_AT_MOST:
        return {"state": MessageState.QUEUED, "resends": message.resends + 1, **_error(code, text)}
    return {"state": MessageState.UNCONFIRMED, **_error(code, text)}


def _error(code: str, text: str) -> Fields:
    return {"error_code": code[:60], "error_text": text[:500]}

"""Writing messages. The row of an outgoing message is its own outbox entry: the session's owner drains it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from sessions_app import commands
from sessions_app.models import Desired, Session
from sessions_app.selectors import session_current, session_gone
from sessions_app.services import is_under_way
from whatsapp_api.core.db import retry_conflicts, uuid7
from whatsapp_api.core.errors import Conflict
from whatsapp_api.events.models import EventType
from whatsapp_api.events.numbering import counted_first
from whatsapp_api.events.publish import publish

from . import tracing
from .chats.activity import chat_address, chat_touch
from .delivery import Delivery, require_room
from .idempotency import Once, once_keep, once_lost
from .models import Direction, Message, MessageKind, MessageState
from .payloads import message_payload
from .tasks import message_prepare_task, start


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A message to be made, for a canonical JID.

    `content` and `text` as `messaging.kinds` makes them; `refers_to`: WhatsApp's id of the message it is about;
    `preparing`: a worker has to fetch its file or make it fit first.
    """

    to: str
    kind: MessageKind = MessageKind.TEXT
    content: dict[str, Any]
    text: str
    refers_to: str = ""
    preparing: bool = False
    id: uuid.UUID = field(default_factory=uuid7)


def message_create(
    *,
    session: Session,
    delivery: Delivery = Delivery(),  # noqa: B008 - it cannot be changed
    once: Once | None = None,
    **new: Any,
) -> Message:
    """Queue one message, by the fields of New; see messages_create."""
    return messages_create(session=session, parts=[New(**new)], delivery=delivery, once=once)[0]


@retry_conflicts
def messages_create(
    *, session: Session, parts: Sequence[New], delivery: Delivery, once: Once | None = None
) -> list[Message]:
    """Queue messages, all or none; they leave in this order as soon as they are due and the session is connected.

    Raises Replayed when `once` stands for a request that another thread or process was faster with.
    """
    session = session_current(session.pk)
    require_linked(session, later=delivery.scheduled_at is not None)
    require_room(session, delivery.state)
    try:
        with counted_first(session.workspace_id):
            messages = [_row(session, new, delivery) for new in parts]
            if once:
                once_keep(once, messages[0])
            for message in messages:
                _announce(message)
    except IntegrityError as error:
        if once:
            once_lost(once, error)
        raise session_gone() from error  # its row went away meanwhile
    return messages


def _row(session: Session, new: New, delivery: Delivery) -> Message:
    now = timezone.now()
    return Message.objects.create(
        id=new.id,
        workspace_id=session.workspace_id,
        session=session,
        direction=Direction.OUT,
        state=MessageState.PREPARING if new.preparing else delivery.state,
        kind=new.kind,
        chat=chat_address(session.pk, new.to),
        chat_lid=new.to if new.to.endswith("@lid") else "",
        sender=session.jid,
        sender_lid=session.lid,
        from_me=True,
        timestamp=now,
        due_at=delivery.scheduled_at or now,
        scheduled_at=delivery.scheduled_at,
        priority=delivery.priority,
        on_unknown=delivery.on_unknown,
        content=new.content,
        text=new.text,
        quoted_id=new.refers_to,
    )


def _announce(message: Message) -> None:
    chat_touch(message)
    publish(
        EventType.MESSAGE_CREATED,
        workspace_id=message.workspace_id,
        session_id=message.session_id,
        payload=message_payload(message),
    )
    tracing.created(message)
    transaction.on_commit(lambda: _set_going(message))


def _set_going(message: Message) -> None:
    if message.state == MessageState.PREPARING:
        start(message_prepare_task, str(message.pk))
    else:
        commands.wake_sends(message.session_id)


def require_linked(session: Session, *, later: bool = False) -> None:
    """Messages may wait for a reconnection, but not for somebody to start or link the session.

    What is to leave `later` may: whoever starts the session by then is in time.
    """
    if not session.is_paired:
        text = "No account is linked to this session: start it, then scan the QR code or type the pairing code."
    elif later:
        return
    elif session.desired != Desired.STARTED:
        text = f"The session is stopped: POST /api/v1/sessions/{session.pk}/start, then send again."
    elif not is_under_way(session):
        text = f"The session is at rest ({session.state}). {session.explanation}".strip()
    else:
        return
    raise Conflict("session_not_connected", text)

"""Writing messages. The row of an outgoing message is its own outbox entry: the session's owner drains it."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from sessions_app import commands
from sessions_app.models import Desired, Session
from sessions_app.selectors import session_current, session_gone
from sessions_app.services import is_under_way
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.errors import Conflict
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

from .models import Direction, Message, MessageKind, MessageState
from .payloads import message_payload


@retry_conflicts
def message_create(*, session: Session, to: str, text: str) -> Message:
    """Queue a text for a canonical JID; it leaves as soon as the session is connected."""
    session = session_current(session.pk)
    require_linked(session)
    try:
        with atomic():
            message = Message.objects.create(
                workspace_id=session.workspace_id,
                session=session,
                direction=Direction.OUT,
                state=MessageState.QUEUED,
                kind=MessageKind.TEXT,
                chat=to,
                chat_lid=to if to.endswith("@lid") else "",
                sender=session.jid,
                sender_lid=session.lid,
                from_me=True,
                timestamp=timezone.now(),
                content={"text": text},
                text=text,
            )
            publish(
                EventType.MESSAGE_CREATED,
                workspace_id=session.workspace_id,
                session_id=session.pk,
                payload=message_payload(message),
            )
            transaction.on_commit(lambda: commands.wake_sends(session.pk))
    except IntegrityError as error:  # the session's row went away meanwhile
        raise session_gone() from error
    return message


def require_linked(session: Session) -> None:
    """Messages may wait for a reconnection, but not for somebody to start or link the session."""
    if not session.is_paired:
        text = "No account is linked to this session: start it, then scan the QR code or type the pairing code."
    elif session.desired != Desired.STARTED:
        text = f"The session is stopped: POST /api/v1/sessions/{session.pk}/start, then send again."
    elif not is_under_way(session):
        text = f"The session is at rest ({session.state}). {session.explanation}".strip()
    else:
        return
    raise Conflict("session_not_connected", text)

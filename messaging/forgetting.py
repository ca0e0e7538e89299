"""Deleting one message here, as "delete for me" does on a phone. The account's other devices keep theirs."""

from django.db import transaction

from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.errors import Conflict
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

from .media.services import media_delete
from .models import Chat, Media, Message, MessageState

UNDER_WAY = (MessageState.SCHEDULED, MessageState.PREPARING, MessageState.QUEUED, MessageState.SENDING)


@retry_conflicts
def message_forget(*, session: Session, message: Message) -> None:
    """Remove it; its chat then shows the one before. Raises Conflict while it is on its way."""
    rows = Message.objects.filter(pk=message.pk).exclude(state__in=UNDER_WAY)
    if message.state in UNDER_WAY or not rows.exists():
        raise Conflict("message_under_way", "It has not left yet: cancel it first, by DELETE without `for=me`.")
    with atomic():
        rows.delete()
        _last_message_correct(message)
        transaction.on_commit(lambda: _file_remove(message))
        publish(
            EventType.MESSAGE_DELETED,
            workspace_id=session.workspace_id,
            session_id=session.pk,
            payload={"session": str(session.pk), "id": str(message.pk), "wa_id": message.wa_id, "chat": message.chat},
        )


def _file_remove(message: Message) -> None:
    for media in Media.objects.filter(message_id=message.pk):
        media_delete(media)


def _last_message_correct(message: Message) -> None:
    chats = Chat.objects.filter(session_id=message.session_id, last_message_id=message.pk)
    if not chats.exists():
        return
    left = Message.objects.filter(session_id=message.session_id, chat=message.chat).order_by("-id")
    chats.update(last_message_id=left.values_list("pk", flat=True).first())

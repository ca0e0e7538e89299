"""Forgetting a conversation."""

from messaging.models import Chat, Message
from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

PAGE = 500


def chat_delete(*, session: Session, chat: Chat) -> None:
    """Remove the chat and its messages here; the account's phone keeps its own. A later message makes it anew."""
    rows = Message.objects.filter(session_id=chat.session_id, chat=chat.jid, id__lte=chat.activity).order_by("id")
    while page := list(rows.values_list("pk", flat=True)[:PAGE]):  # short transactions: others write meanwhile
        Message.objects.filter(pk__in=page).delete()
    _forget(session, chat)


@retry_conflicts
def _forget(session: Session, chat: Chat) -> None:
    with atomic():
        if Chat.objects.filter(pk=chat.pk, activity=chat.activity).delete()[0]:
            publish(
                EventType.CHAT_DELETED,
                workspace_id=session.workspace_id,
                session_id=session.pk,
                payload={"session": str(session.pk), "jid": chat.jid, "lid": chat.lid},
            )

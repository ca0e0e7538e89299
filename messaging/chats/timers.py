"""Disappearing messages: after how long those of a chat go, and that what is sent there says so."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from messaging.groups.services import group_change
from messaging.models import Chat, ChatKind, Message, chat_kind
from sessions_app.asking import ask
from sessions_app.engine.base import ChatTimerChanged
from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.formats import from_unix
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

from .activity import chat_address, chat_ensure
from .payloads import chat_payload


def timer_set(*, session: Session, jid: str, seconds: int) -> Chat:
    """Set the timer of a direct chat or a group at WhatsApp; the chat as it is then."""
    if chat_kind(jid) == ChatKind.GROUP:
        group_change(session=session, jid=jid, ephemeral=seconds)
        return timer_keep(session, jid, "", seconds, None)
    at = from_unix(ask(session, "chat_timer", {"chat": jid, "seconds": seconds})["at"])
    return timer_keep(session, chat_address(session.pk, jid), jid if jid.endswith("@lid") else "", seconds, at)


def timer_store(session: Session, event: ChatTimerChanged) -> None:
    """Somebody has set the timer of a direct chat, or the account on another device."""
    jid = event.chat.jid or chat_address(session.pk, event.chat.lid)
    timer_keep(session, jid, event.chat.lid, event.seconds, from_unix(event.at))


@retry_conflicts
def timer_keep(session: Session, jid: str, lid: str, seconds: int, at: datetime | None) -> Chat:
    """Remember it and publish the change, unless a later setting is known. `at` None: it is so now."""
    chat = chat_ensure(session.pk, jid, lid=lid, last_at=timezone.now())
    with atomic():
        rows = Chat.objects.filter(pk=chat.pk)
        if at:
            rows = rows.filter(Q(disappearing_at=None) | Q(disappearing_at__lte=at))
        changed = rows.exclude(disappearing=seconds).update(disappearing=seconds, disappearing_at=at)
        chat.refresh_from_db()
        if changed:
            publish(
                EventType.CHAT_UPDATE,
                workspace_id=session.workspace_id,
                session_id=session.pk,
                payload=chat_payload(chat),
            )
    return chat


def with_timer(message: Message, content: dict[str, Any]) -> dict[str, Any]:
    """The content as it leaves: with the chat's timer, unless the caller chose one (0: none)."""
    context = content.get("context", {})
    if "expires" in context:
        return content
    rows = Chat.objects.filter(session_id=message.session_id, jid=message.chat, disappearing__gt=0).order_by()
    timer = rows.values_list("disappearing", "disappearing_at").first()
    if timer is None:
        return content
    since = {"expires_since": int(timer[1].timestamp())} if timer[1] else {}
    return {**content, "context": {**context, "expires": timer[0], **since}}

"""What the phone remembers of the time before it was linked, stored in bulk: one event for a whole sync."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from sessions_app.engine.base import HistoryReceived, MessageReceived
from sessions_app.engine.codec import from_map
from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts, uuid7_at
from whatsapp_api.core.formats import from_unix
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

from .ignoring import ignored_kinds, message_chat_kind
from .inbound import dedup_key, received_fields
from .media.arriving import media_remember
from .models import Chat, Direction, Message, chat_kind
from .people.contacts import contacts_learn, names_of_history

MUTED_FOREVER = datetime(9999, 12, 31, tzinfo=timezone.get_default_timezone())


def history_store(session: Session, event: HistoryReceived) -> None:
    """Store one piece; what is there already, live or from an earlier sync, stays as it is."""
    stored = _messages_store(session, event.messages)
    _chats_store(session, event.chats, stored)
    contacts_learn(session.pk, [*names_of_history(event.chats, event.names), *_writers(stored)])
    if event.last and (event.counts.get("messages") or event.counts.get("chats")):
        publish(
            EventType.HISTORY_SYNCED,
            workspace_id=session.workspace_id,
            session_id=session.pk,
            payload={"sync": event.sync, "progress": event.progress, **event.counts},
        )


@retry_conflicts
def _messages_store(session: Session, maps: Iterable[dict[str, Any]]) -> list[Message]:
    """New messages as rows whose keys sort where the messages belong in time."""
    events = [from_map(MessageReceived, values) for values in maps]
    ignored = ignored_kinds(session)
    rows = {dedup_key(session.pk, event): event for event in events if message_chat_kind(event) not in ignored}
    with atomic():
        known = set(Message.objects.filter(dedup_key__in=list(rows)).values_list("dedup_key", flat=True))
        messages = [_row(session, event, key) for key, event in rows.items() if key not in known]
        media_remember(messages)
        Message.objects.bulk_create(messages)
    return messages


def _row(session: Session, event: MessageReceived, key: str) -> Message:
    fields = received_fields(session, event)
    return Message(id=uuid7_at(fields["timestamp"]), dedup_key=key, **fields)


def _writers(messages: Iterable[Message]) -> Iterable[dict[str, str]]:
    """Names that people signed with, once each."""
    wrote = (message for message in messages if message.direction == Direction.IN and message.push_name)
    named = {message.sender: message for message in wrote}
    return [{"jid": row.sender, "lid": row.sender_lid, "push_name": row.push_name} for row in named.values()]


@retry_conflicts
def _chats_store(session: Session, told: Iterable[dict[str, Any]], stored: list[Message]) -> None:
    """Rows for chats that have none, and the last message of those that got older or newer ones."""
    newest: dict[str, Message] = {}
    for message in stored:
        if message.chat not in newest or message.pk > newest[message.chat].pk:
            newest[message.chat] = message
    about = {each["jid"] or each["lid"]: each for each in told if each["jid"] or each["lid"]}
    addresses = {*newest, *about}
    with atomic():
        known = {chat.jid: chat for chat in Chat.objects.filter(session_id=session.pk, jid__in=list(addresses))}
        fresh = [_chat(session, jid, about.get(jid, {}), newest.get(jid)) for jid in addresses - set(known)]
        Chat.objects.bulk_create(fresh)
        for jid, message in newest.items():
            if jid in known and message.pk > known[jid].activity:
                Chat.objects.filter(pk=known[jid].pk, activity__lt=message.pk).update(
                    activity=message.pk, last_message_id=message.pk, last_at=message.timestamp
                )


def _chat(session: Session, jid: str, told: dict[str, Any], last: Message | None) -> Chat:
    at = last.timestamp if last else from_unix(float(told.get("at") or 0))
    muted = int(told.get("muted_until") or 0)
    return Chat(
        session_id=session.pk,
        jid=jid[:80],
        lid=(told.get("lid") or (last.chat_lid if last else ""))[:80],
        kind=chat_kind(jid),
        name=(told.get("name") or "")[:200],
        unread=min(int(told.get("unread") or 0), 1_000_000),
        archived=bool(told.get("archived")),
        pinned_at=from_unix(float(told["pinned"])) if told.get("pinned") else None,
        muted_until=_muted(muted),
        disappearing=int(told.get("disappearing") or 0),
        last_at=at,
        last_message_id=last.pk if last else None,
        activity=last.pk if last else uuid7_at(at),
    )


def _muted(until: int) -> datetime | None:
    """Seconds or milliseconds, or a number far too large for either."""
    if not until:
        return None
    seconds = until / 1000 if until > 100_000_000_000 else until
    return from_unix(seconds) if 0 < seconds < 32_000_000_000 else MUTED_FOREVER

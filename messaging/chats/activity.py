"""Every stored message moves its chat to the top, in the message's own transaction: one update by an index.

The first message of a chat makes its row. A chat that was known by its LID only is re-addressed when a message
tells the phone number, so that a person is one chat.
"""

import uuid
from typing import Any

from django.db import DatabaseError, IntegrityError
from django.db.models import F, Q

from messaging.groups.apply import subject_of
from messaging.models import Chat, ChatKind, Contact, Direction, Message, chat_kind
from sessions_app.models import Session
from whatsapp_api.core.formats import from_unix

# They change or decorate another message; nobody has to read them.
SILENT_KINDS = frozenset({"reaction", "edit", "revoke", "poll_vote", "call"})


def chat_touch(message: Message) -> None:
    """The chat's last message is this one. Call it inside the transaction that stores the message."""
    _move(message)
    _learn_timer(message)


def _move(message: Message) -> None:
    fields, counts = _fields(message), _has_to_be_read(message)
    changes = {**fields, "unread": F("unread") + 1} if counts else fields
    if Chat.objects.filter(session_id=message.session_id, jid=message.chat).update(**changes):
        return
    if message.chat_lid and message.chat_lid != message.chat and _readdress(message, changes):
        return
    _create(message, {**fields, "unread": int(counts)})


def _fields(message: Message) -> dict[str, Any]:
    fields: dict[str, Any] = {"last_message_id": message.pk, "last_at": message.timestamp, "activity": message.pk}
    if message.chat_lid:
        fields["lid"] = message.chat_lid
    if message.from_me and message.wa_id:
        fields["unread"] = 0  # somebody wrote on the phone, so the chat was open there
    return fields


def _learn_timer(message: Message) -> None:
    """What people write tells their chat's timer, which may have been set before this device was linked."""
    context = message.content.get("context", {})
    if message.direction != Direction.IN or not context.get("expires_since"):
        return
    since = from_unix(context["expires_since"])
    chats = Chat.objects.filter(session_id=message.session_id, jid=message.chat, kind=ChatKind.PERSON)
    unknown = chats.filter(Q(disappearing_at=None) | Q(disappearing_at__lt=since))
    unknown.update(disappearing=context.get("expires", 0), disappearing_at=since)


def _has_to_be_read(message: Message) -> bool:
    return message.direction == Direction.IN and message.kind not in SILENT_KINDS


def _create(message: Message, fields: dict[str, Any]) -> None:
    values = {**fields, "name": _first_name(message), "kind": chat_kind(message.chat)}
    try:
        Chat.objects.create(session_id=message.session_id, jid=message.chat, **values)
    except IntegrityError as error:
        if not Session.objects.filter(pk=message.session_id).exists():
            raise
        # Another transaction made it a moment ago: ours has to begin anew to see it.
        raise DatabaseError("WriteConflict: the chat appeared meanwhile") from error


def _readdress(message: Message, changes: dict[str, Any]) -> bool:
    """The chat that was known by its LID only, with its messages, under the phone number from now on."""
    rows = Chat.objects.filter(session_id=message.session_id, jid=message.chat_lid)
    if not rows.update(jid=message.chat, **changes):
        return False
    old = Message.objects.filter(session_id=message.session_id, chat=message.chat_lid)
    old.exclude(pk=message.pk).update(chat=message.chat, chat_lid=message.chat_lid)
    return True


def _first_name(message: Message) -> str:
    if chat_kind(message.chat) == ChatKind.PERSON:
        known = Contact.objects.filter(session_id=message.session_id, jid=message.chat).order_by()
        name = known.values_list("name", flat=True).first() or ""
        return name or (message.push_name if message.direction == Direction.IN else "")
    return subject_of(message.session_id, message.chat) if chat_kind(message.chat) == ChatKind.GROUP else ""


def chat_address(session_id: uuid.UUID, jid: str) -> str:
    """The address of the chat that a LID belongs to, as far as it is known; any other address is its own answer."""
    if not jid.endswith("@lid"):
        return jid
    known = Chat.objects.filter(session_id=session_id, lid=jid).order_by()
    return known.values_list("jid", flat=True).first() or jid


def chat_ensure(session_id: uuid.UUID, jid: str, **fields: Any) -> Chat:
    """The chat of an address, made if there is none: for what people do before any message was there."""
    rows = Chat.objects.filter(session_id=session_id, jid=jid)
    found = rows.first()
    if found is not None:
        return found
    try:
        return Chat.objects.create(session_id=session_id, jid=jid, kind=chat_kind(jid), **fields)
    except IntegrityError:
        return rows.get()

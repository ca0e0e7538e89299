"""A message as programs see it, the same over REST and in events."""

from typing import Any

from whatsapp_api.core.formats import iso

from .models import Direction, Message, Priority


def phone_of(jid: str) -> str:
    """E.164 of a phone-number JID; empty for groups, channels and LIDs."""
    user, _, server = jid.partition("@")
    return f"+{user}" if server == "s.whatsapp.net" and user.isdigit() else ""


def message_payload(message: Message) -> dict[str, Any]:
    """See docs/api.md; times are ISO 8601 in UTC."""
    return {
        "id": str(message.id),
        "session": str(message.session_id),
        "direction": message.direction,
        "state": message.state,
        "ack": message.ack,
        "kind": message.kind,
        "wa_id": message.wa_id or None,
        "chat": {"jid": message.chat, "lid": message.chat_lid, "phone": phone_of(message.chat)},
        "sender": {
            "jid": message.sender,
            "lid": message.sender_lid,
            "phone": phone_of(message.sender),
            "push_name": message.push_name,
        },
        "from_me": message.from_me,
        "text": message.text,
        "content": message.content,
        "quoted_id": message.quoted_id or None,
        "error": {"code": message.error_code, "message": message.error_text} if message.error_code else None,
        "priority": Priority(message.priority).label,
        "scheduled_at": iso(message.scheduled_at),
        "on_unknown": message.on_unknown,
        "resends": message.resends,
        "possible_duplicate": message.resends > 0,
        "timestamp": iso(message.timestamp),
        "created_at": iso(message.created_at),
        "sent_at": iso(message.sent_at),
        "delivered_at": iso(message.delivered_at),
        "read_at": iso(message.read_at),
        "played_at": iso(message.played_at),
        "receipts": receipts_payload(message),
        "edited_at": iso(message.edited_at),
        "revoked_at": iso(message.revoked_at),
        "reactions": message.reactions,
    }


def receipts_payload(message: Message) -> dict[str, int] | None:
    """How many people got, read and played an outgoing message; with one recipient the times say it."""
    if message.direction != Direction.OUT:
        return None
    return {
        "delivered": message.delivered_count or int(message.delivered_at is not None),
        "read": message.read_count or int(message.read_at is not None),
        "played": message.played_count or int(message.played_at is not None),
    }

"""A chat as programs see it, the same over REST and in events."""

from typing import Any

from messaging.models import Chat, Message
from messaging.payloads import message_payload, phone_of
from whatsapp_api.core.formats import iso


def chat_payload(chat: Chat, last: Message | None = None) -> dict[str, Any]:
    """See docs/api.md. `last`: the chat's last message, when the caller has it."""
    return {
        "session": str(chat.session_id),
        "jid": chat.jid,
        "lid": chat.lid,
        "phone": phone_of(chat.jid),
        "kind": chat.kind,
        "name": chat.name,
        "unread": chat.unread,
        "archived": chat.archived,
        "pinned_at": iso(chat.pinned_at),
        "muted_until": iso(chat.muted_until),
        "disappearing": chat.disappearing,
        "last_at": iso(chat.last_at),
        "last_message": message_payload(last) if last else None,
    }

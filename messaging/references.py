"""Messages that another message speaks of: the one it answers, edits, takes back or reacts to.

In `content` a reference is `{message, wa_id, chat, sender, sender_lid, from_me, kind, text}`: `message` is our id,
null where the message is not stored here. `wa_id` is empty until the message it names is sent; the outbox fills it
in when it hands the content over, so that a caller may answer a message that is still queued.
"""

import hashlib
import uuid
from collections.abc import Iterable
from typing import Any

from sessions_app.models import Session
from whatsapp_api.core.errors import ApiError

from .models import Message
from .selectors import messages_of

Reference = dict[str, Any]
EXCERPT = 1000
EMPTY: Reference = {
    "message": None,
    "wa_id": "",
    "chat": "",
    "sender": "",
    "sender_lid": "",
    "from_me": False,
    "kind": "unknown",
    "text": "",
}


def message_find(session: Session, reference: str) -> Message:
    """The session's message by our id or by WhatsApp's; 404 names neither as known."""
    rows = messages_of(session)
    message = rows.filter(pk=own_id).first() if (own_id := _uuid(reference)) else None
    message = message or rows.filter(wa_id=reference).first()
    if message is None:
        raise ApiError("message_not_found", f"There is no message {reference} in this session.", http_status=404)
    return message


def reference_to(message: Message) -> Reference:
    """How a content names that message."""
    return {
        "message": str(message.pk),
        "wa_id": message.wa_id,
        "chat": message.chat,
        "sender": message.sender,
        "sender_lid": message.sender_lid,
        "from_me": message.from_me,
        "kind": message.kind,
        "text": message.text[:EXCERPT],
    }


def with_references(session_id: uuid.UUID, chat: str, content: dict[str, Any]) -> dict[str, Any]:
    """A received content whose references name our own messages, and whose vote names the options."""
    context = content.get("context", {})
    found = {name: _known(session_id, chat, part[name]) for part, name in _references(content, context)}
    references = {name: reference for name, (reference, _) in found.items()}
    if "quoted" in references:
        content = {**content, "context": {**context, "quoted": references.pop("quoted")}}
    _, target = found.get("target", ({}, None))
    if target is not None and "option_hashes" in content:
        content = {**content, "options": options_chosen(target.content, content["option_hashes"])}
    return {**content, **references}


def vote_text(content: dict[str, Any]) -> str:
    """What a vote chose, as readable text; empty for anything else."""
    return ", ".join(content.get("options") or []) if "option_hashes" in content else ""


def options_chosen(content: dict[str, Any], hashes: Iterable[str]) -> list[str]:
    """The names of a poll's options by the SHA-256 of each; what is no option of the poll is left out."""
    names = {hashlib.sha256(name.encode()).hexdigest(): name for name in content.get("options", [])}
    return [names[each] for each in hashes if each in names]


def completed(content: dict[str, Any]) -> dict[str, Any]:
    """The content as the engine needs it: with WhatsApp's ids and the protobufs of what it refers to."""
    context = content.get("context", {})
    found = {name: _completed(part[name]) for part, name in _references(content, context)}
    if "quoted" in found:
        content = {**content, "context": {**context, "quoted": found.pop("quoted")}}
    return {**content, **found}


def _references(content: dict[str, Any], context: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    places = ((content, "target"), (content, "source"), (content, "album"), (context, "quoted"))
    return [(part, name) for part, name in places if part.get(name)]


def _completed(reference: Reference) -> Reference:
    message = Message.objects.filter(pk=reference["message"]).first() if reference.get("message") else None
    if message is None:
        return reference
    return {**reference, "wa_id": message.wa_id, "content": message.content, "raw": message.raw.get("message", {})}


def _known(session_id: uuid.UUID, chat: str, reference: Reference) -> tuple[Reference, Message | None]:
    rows = Message.objects.filter(session_id=session_id, wa_id=reference.get("wa_id", "")[:80])
    where = rows.filter(chat=reference.get("chat") or chat)
    message = (where.order_by("id").first() or rows.first()) if reference.get("wa_id") else None
    if message is None:
        return {**EMPTY, **reference}, None
    return reference_to(message), message


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if len(text) == 36 else None
    except ValueError:
        return None

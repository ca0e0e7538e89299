"""What later messages make of an earlier one: edited, taken back, reacted to, voted in.

Each of those is a `Message` row of its own, kept for good. What they amount to is computed anew from all of them and
stored on the message they are about, so that neither their order nor a repetition matters: a reaction may come before
its message (or before we know the id of our own), and then counts as soon as the message is there.
"""

from collections.abc import Iterable
from copy import copy
from datetime import datetime
from typing import Any

from django.db.models import Q

from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.formats import iso
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

from .models import Message, MessageKind, MessageState
from .payloads import message_payload
from .references import options_chosen

EFFECTS: dict[str, EventType] = {
    MessageKind.REACTION: EventType.MESSAGE_REACTION,
    MessageKind.EDIT: EventType.MESSAGE_EDITED,
    MessageKind.REVOKE: EventType.MESSAGE_REVOKED,
    MessageKind.POLL_VOTE: EventType.POLL_VOTE,
}
IN_EFFECT = [
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.READ,
    MessageState.PLAYED,
    MessageState.RECEIVED,
]
ROWS_AT_MOST = 5000
GROUP, CHANNEL = "@g.us", "@newsletter"


@retry_conflicts
def effect_apply(row: Message) -> None:
    """`row` took effect (it arrived, or was sent): change its target and publish what happened."""
    row = copy(row)  # what is set here must not outlive a transaction that fails and is repeated
    with atomic():
        target = _target(row)
        if target is not None:
            _refresh(target)
        publish(
            EFFECTS[row.kind],
            workspace_id=row.workspace_id,
            session_id=row.session_id,
            payload={**message_payload(row), "target": message_payload(target) if target else None},
        )


def effect_of_sent(message: Message) -> None:
    """A message of ours was sent: it takes effect, or others may have taken effect on it already."""
    if message.kind in EFFECTS:
        effect_apply(message)
    else:
        effects_catch_up(message)


@retry_conflicts
def effects_catch_up(message: Message) -> None:
    """Apply what came before this message (as it is stored now), or before its WhatsApp id was known."""
    if message.wa_id and message.kind not in EFFECTS and _about(message).exists():
        with atomic():
            _refresh(message)


def _target(row: Message) -> Message | None:
    known = row.content.get("target", {}).get("message")
    target: Message | None = Message.objects.filter(pk=known).first() if known else None
    if target and not row.quoted_id:  # it was queued before its target had an id of WhatsApp's
        row.quoted_id = target.wa_id
        row.save(update_fields=["quoted_id"])
    return target


def _refresh(target: Message) -> None:
    rows = list(_about(target).order_by("timestamp", "id")[:ROWS_AT_MOST])
    fields: dict[str, Any] = {
        "reactions": _reactions(row for row in rows if row.kind == MessageKind.REACTION),
        "revoked_at": _revoked([row for row in rows if row.kind == MessageKind.REVOKE], target),
    }
    if edits := [row for row in rows if row.kind == MessageKind.EDIT and _may_edit(row, target)]:
        fields |= _edited(target, edits[-1])
    if target.kind == MessageKind.POLL:
        fields["content"] = {**target.content, **_votes(target, rows)}
    for name, value in fields.items():
        setattr(target, name, value)
    target.save(update_fields=[*fields, *(["words"] if "text" in fields else [])])


def _about(message: Message) -> Any:
    return _in_chat(message).filter(quoted_id=message.wa_id, kind__in=list(EFFECTS), state__in=IN_EFFECT)


def _in_chat(message: Message) -> Any:
    chat = Q(chat=message.chat)
    if message.chat_lid:
        chat |= Q(chat_lid=message.chat_lid)
    return Message.objects.filter(chat, session_id=message.session_id)


def _may_edit(row: Message, target: Message) -> bool:
    return target.chat.endswith(CHANNEL) or _same_person(row, target)  # in a channel WhatsApp's server sees to that


def _same_person(row: Message, target: Message) -> bool:
    if row.from_me or target.from_me:
        return row.from_me == target.from_me
    same_lid = bool(row.sender_lid) and row.sender_lid == target.sender_lid
    return same_lid or (bool(row.sender) and row.sender == target.sender)


def _who(row: Message) -> str:
    return "me" if row.from_me else row.sender_lid or row.sender


def _reactions(rows: Iterable[Message]) -> list[dict[str, Any]]:
    latest = {_who(row): row for row in rows}  # in order of time: a later one replaces
    return [
        {
            "emoji": row.content["emoji"],
            "sender": row.sender,
            "sender_lid": row.sender_lid,
            "from_me": row.from_me,
            "timestamp": iso(row.timestamp),
        }
        for row in latest.values()
        if row.content.get("emoji")
    ]


def _revoked(rows: list[Message], target: Message) -> datetime | None:
    # In a group or channel an admin may delete what others wrote; WhatsApp's server checks that it is one.
    allowed = [row for row in rows if _same_person(row, target) or target.chat.endswith((GROUP, CHANNEL))]
    return allowed[0].timestamp if allowed else None


def _edited(target: Message, edit: Message) -> dict[str, Any]:
    text = str(edit.content.get("text", ""))
    original = target.content.get("original_text", target.text)
    key = "text" if target.kind == MessageKind.TEXT else "caption"
    content = {**target.content, key: text, "original_text": original}
    return {"edited_at": edit.timestamp, "text": text, "content": content}


def _votes(poll: Message, rows: list[Message]) -> dict[str, Any]:
    latest = {_who(row): row for row in rows if row.kind == MessageKind.POLL_VOTE}
    votes = [(row, _chosen(poll, row)) for row in latest.values()]
    voters = [
        {
            "sender": row.sender,
            "sender_lid": row.sender_lid,
            "from_me": row.from_me,
            "options": chosen,
            "timestamp": iso(row.timestamp),
        }
        for row, chosen in votes
        if chosen
    ]
    counted = {name: sum(name in chosen for _, chosen in votes) for name in poll.content.get("options", [])}
    tally = [{"option": name, "votes": count} for name, count in counted.items()]
    return {"tally": tally, "votes": voters}


def _chosen(poll: Message, vote: Message) -> list[str]:
    if "option_hashes" in vote.content:
        return options_chosen(poll.content, vote.content["option_hashes"])
    return list(vote.content.get("options") or [])

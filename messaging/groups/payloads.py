"""A group as programs see it, the same over REST and in events."""

from datetime import datetime
from typing import Any

from messaging.models import Group
from whatsapp_api.core.formats import iso

from .people import Someone, shown


def group_payload(group: Group, *, participants: bool = True) -> dict[str, Any]:
    """See docs/api.md. Without `participants` for lists."""
    payload: dict[str, Any] = {
        "session": str(group.session_id),
        "jid": group.jid,
        "subject": group.subject,
        "description": group.description,
        "owner": shown({"jid": group.owner, "lid": group.owner_lid}),
        "created_at": iso(group.made_at),
        "announce": group.announce,
        "locked": group.locked,
        "ephemeral": group.ephemeral,
        "community": group.community,
        "parent": group.parent or None,
        "size": len(group.participants),
        "member": group.member,
        "role": group.role or None,
        "refreshed_at": iso(group.refreshed_at),
    }
    if participants:
        payload["participants"] = [{**shown(each), "role": each["role"]} for each in group.participants]
    return payload


def preview_payload(data: dict[str, Any]) -> dict[str, Any]:
    """A group that the account is not in, as its invite link shows it."""
    return {
        "jid": data["jid"],
        "subject": data["subject"],
        "description": data["description"],
        "owner": shown(data["owner"]),
        "announce": data["announce"],
        "locked": data["locked"],
        "ephemeral": data["ephemeral"],
    }


def change_payload(group: Group, by: Someone | None, at: datetime, **details: Any) -> dict[str, Any]:
    """What an event says: which group, who did it, when, and the rest."""
    return {
        "group": {"jid": group.jid, "subject": group.subject},
        "by": shown(by) if by and (by.get("jid") or by.get("lid")) else None,
        **details,
        "timestamp": iso(at),
    }

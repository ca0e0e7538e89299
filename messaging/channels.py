"""Channels, which WhatsApp calls newsletters inside. Nothing is kept of them but their posts, as messages."""

from typing import Any

from messaging.models import Message
from messaging.references import message_find
from sessions_app.asking import ask
from sessions_app.models import Session
from whatsapp_api.core.errors import ApiError, Conflict
from whatsapp_api.core.formats import from_unix, iso

LINK = "https://whatsapp.com/channel/"
LIST_WITHIN = 30.0  # seconds


def channels(session: Session) -> list[dict[str, Any]]:
    """The channels that the account follows or owns."""
    told = ask(session, "channel_list", timeout=LIST_WITHIN)["channels"]
    return [channel_payload(each) for each in told]


def channel_get(session: Session, jid: str) -> dict[str, Any]:
    """One channel."""
    return channel_payload(ask(session, "channel_info", {"channel": jid})["channel"])


def channel_preview(*, session: Session, code: str) -> dict[str, Any]:
    """The channel of an invite code."""
    return channel_payload(ask(session, "channel_preview", {"code": code})["channel"])


def channel_create(*, session: Session, name: str, description: str) -> dict[str, Any]:
    """Make a channel."""
    return channel_payload(ask(session, "channel_create", {"name": name, "description": description})["channel"])


def channel_follow(*, session: Session, jid: str, follow: bool) -> dict[str, Any]:
    """Follow, or follow no more."""
    ask(session, "channel_follow" if follow else "channel_unfollow", {"channel": jid})
    return channel_get(session, jid)


def channel_mute(*, session: Session, jid: str, muted: bool) -> dict[str, Any]:
    """Whether the phone stays silent about new posts."""
    ask(session, "channel_mute", {"channel": jid, "on": muted})
    return channel_get(session, jid)


def channel_react(*, session: Session, jid: str, post: str, reaction: str) -> None:
    """React to a post, named by the message here or by WhatsApp's number; an empty reaction takes it back."""
    number = int(post) if _is_number(post) else _server_id(message_find(session, post), jid)
    ask(session, "channel_react", {"channel": jid, "server_id": number, "reaction": reaction})


def channel_payload(told: dict[str, Any]) -> dict[str, Any]:
    """A channel as programs see it, see docs/api.md."""
    return {
        "jid": told["jid"],
        "name": told["name"],
        "description": told["description"],
        "link": f"{LINK}{told['invite_code']}" if told["invite_code"] else None,
        "created_at": iso(from_unix(told["created_at"])) if told["created_at"] else None,
        "subscribers": told["subscribers"],
        "verified": told["verified"],
        "state": told["state"],
        "role": told["role"] or None,
        "muted": told["muted"],
    }


def _is_number(post: str) -> bool:
    return post.isascii() and post.isdigit() and 0 < len(post) < 10


def _server_id(message: Message, jid: str) -> int:
    if message.chat != jid:
        raise ApiError("message_not_found", "This message is no post of this channel.", http_status=404)
    number = str((message.raw.get("info") or {}).get("ServerID", ""))
    if not _is_number(number) or int(number) == 0:
        raise Conflict("post_number_unknown", "WhatsApp has not told the number of this post: it cannot be reacted to.")
    return int(number)

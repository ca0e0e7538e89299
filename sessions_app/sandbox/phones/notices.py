"""What a phone notices besides messages, as plain data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sessions_app.sandbox.phones.results import Noticed
from sessions_app.sandbox.wire.jid import JID
from sessions_app.sandbox.wire.node import Node


def receipt(stanza: Node, sender: JID) -> Noticed:
    """Delivered, read, played or retry; one receipt may speak of many messages."""
    listed = stanza.child("list")
    ids = [stanza.text("id"), *(item.text("id") for item in (listed.children("item") if listed else []))]
    kind = stanza.text("type") or "delivered"
    return Noticed("receipt", sender, {"ids": ids, "type": kind, "timestamp": stanza.text("t")})


def chatstate(stanza: Node, sender: JID) -> Noticed:
    child = next(iter(stanza.children()), Node("paused"))
    state = "recording" if child.text("media") == "audio" else child.tag
    return Noticed("typing", sender, {"state": state})


def presence(stanza: Node, sender: JID) -> Noticed:
    data: dict[str, Any] = {"available": stanza.text("type") != "unavailable"}
    return Noticed(
        "presence", sender, data | {key: stanza.text(key) for key in ("last", "name") if key in stanza.attrs}
    )


def call(stanza: Node, sender: JID) -> Noticed:
    child = next(iter(stanza.children()), Node("unknown"))
    return Noticed("call", sender, {"event": child.tag, "call_id": child.text("call-id")})


def notification(stanza: Node, sender: JID) -> Noticed:
    """A change of a group names the group, what changed, and who it is about."""
    data: dict[str, Any] = {"type": stanza.text("type")}
    if data["type"] in ("w:gp2", "picture"):
        change = next(iter(stanza.children()), Node("nothing"))
        data |= {"group": stanza.text("from"), "change": change.tag}
        data["people"] = [person.text("jid") for person in change.children("participant")]
    return Noticed("notification", sender, data)


READERS: dict[str, Callable[[Node, JID], Noticed]] = {
    "receipt": receipt,
    "chatstate": chatstate,
    "presence": presence,
    "call": call,
    "notification": notification,
}

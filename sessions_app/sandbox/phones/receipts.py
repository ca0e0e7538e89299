"""Receipts, chat states, presence and calls that a phone sends."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sessions_app.sandbox.phones.core import Core, is_shared
from sessions_app.sandbox.phones.results import Outgoing, Received
from sessions_app.sandbox.wire.jid import JID
from sessions_app.sandbox.wire.node import Node

Attributes = dict[str, str | JID]


def delivered(core: Core, message_id: str, chat: JID, sender: JID) -> list[Outgoing]:
    """The message has arrived on this phone."""
    return _to_all(core.devices(sender.bare()), _receipt(core, [message_id], chat))


def read(core: Core, messages: Sequence[Received], kind: str) -> list[Outgoing]:
    """`read` or `played`, one receipt per writer, and the same news for the own linked devices."""
    outgoing: list[Outgoing] = []
    for (chat, sender), ids in _by_writer(messages).items():
        outgoing += _to_all(core.devices(sender), _receipt(core, ids, chat, type=kind))
        own: Attributes = {"type": f"{kind}-self"}
        if not is_shared(chat):
            own["recipient"] = chat
        outgoing += _to_all(core.devices(core.lid), _receipt(core, ids, chat, **own))
    return outgoing


def typing(core: Core, chat: JID, state: str) -> list[Outgoing]:
    """`composing`, `recording` or `paused`."""
    attributes: Attributes = {"from": core.lid}
    if is_shared(chat):
        attributes = {"from": chat, "participant": core.lid}
    media = {"media": "audio"} if state == "recording" else {}
    child = Node("composing" if state == "recording" else state, {**media})
    return _to_all(core.chat_devices(chat), Node("chatstate", attributes, [child]))


def presence(core: Core, watchers: Sequence[JID], *, available: bool, last_seen: int | None) -> list[Outgoing]:
    """Online, or offline since when."""
    attributes: Attributes = {"from": core.lid}
    if not available:
        attributes["type"] = "unavailable"
        attributes["last"] = "deny" if last_seen is None else str(last_seen)
    devices = [device for watcher in watchers for device in core.devices(core.as_lid(watcher).bare())]
    return _to_all(devices, Node("presence", attributes))


def call(core: Core, to: JID, call_id: str, event: str, *, video: bool = False) -> list[Outgoing]:
    """`offer` rings, `terminate` hangs up. There is no media behind it."""
    details: Attributes = {"call-id": call_id, "call-creator": core.lid, "caller_pn": core.jid}
    stanza: Attributes = {
        "from": core.lid,
        "id": secrets.token_hex(16).upper(),
        "t": str(core.now()),
        "platform": "android",
        "version": "2.25.37.76",
    }
    content = [Node("audio", {"enc": "opus", "rate": "16000"})] if event == "offer" else None
    if content and video:
        content.append(Node("video", {"enc": "h.264", "dec": "h264"}))
    return _to_all(core.devices(core.as_lid(to).bare()), Node("call", stanza, [Node(event, details, content)]))


def _receipt(core: Core, ids: Sequence[str], chat: JID, **extra: str | JID) -> Node:
    attributes: Attributes = {"from": core.lid, "id": ids[0], "t": str(core.now()), **extra}
    if is_shared(chat):
        attributes |= {"from": chat, "participant": core.lid}
    rest = [Node("item", {"id": message_id}) for message_id in ids[1:]]
    return Node("receipt", attributes, [Node("list", content=rest)] if rest else None)


def _by_writer(messages: Sequence[Received]) -> dict[tuple[JID, JID], list[str]]:
    ids: dict[tuple[JID, JID], list[str]] = {}
    for message in messages:
        if not message.from_me:
            ids.setdefault((message.chat, message.sender.bare()), []).append(message.id)
    return ids


def _to_all(devices: Sequence[JID], node: Node) -> list[Outgoing]:
    return [Outgoing(device, node) for device in devices]

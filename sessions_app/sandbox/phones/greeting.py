"""What a phone sends to a device that it has just linked: the keys of the app state, then the history."""

from __future__ import annotations

import zlib
from typing import Any

from sessions_app.sandbox.phones.core import Core, is_shared
from sessions_app.sandbox.phones.log import Entry
from sessions_app.sandbox.phones.outbox import PEER
from sessions_app.sandbox.phones.past import Past
from sessions_app.sandbox.protos import e2e, history
from sessions_app.sandbox.wire.jid import JID, STATUS_JID

HistorySync = history.HistorySync
MAX_BYTES = 2_000_000


def history_messages(core: Core) -> list[Any]:
    """Two history notifications, with their content inline: conversations, then names."""
    conversations = HistorySync(syncType=HistorySync.INITIAL_BOOTSTRAP, chunkOrder=1, progress=100)
    names = HistorySync(syncType=HistorySync.PUSH_NAME, chunkOrder=1, progress=100)
    chats: dict[str, list[Entry]] = {}
    for entry in _recent(core):
        chats.setdefault(entry.chat, []).append(entry)
    for chat, entries in chats.items():
        _add_conversation(core, conversations, JID.parse(chat), entries)
    for sender, name in _names(core).items():
        names.pushnames.add(ID=sender, pushname=name)
    return [_notification(conversations), _notification(names)]


def past_messages(core: Core, past: Past) -> list[Any]:
    """Notifications of a made-up past."""
    return [_notification(sync) for sync in past.syncs(core.now())]


def _recent(core: Core) -> list[Entry]:
    """As many of the last messages as fit into one stanza, oldest first."""
    recent, size = [], 0
    for entry in reversed(list(core.log)):
        size += len(entry.message)
        if size > MAX_BYTES:
            break
        if entry.category != PEER and entry.chat != str(STATUS_JID):  # which comes in a part of its own
            recent.append(entry)
    return recent[::-1]


def _add_conversation(core: Core, sync: Any, chat: JID, entries: list[Entry]) -> None:
    conversation = sync.conversations.add(ID=str(chat), endOfHistoryTransfer=True)
    conversation.conversationTimestamp = conversation.lastMsgTimestamp = entries[-1].timestamp
    number = None if is_shared(chat) else core.directory.phone_number(chat)
    if number is not None:
        conversation.pnJID, conversation.lidJID = str(number), str(chat)
        sync.phoneNumberToLidMappings.add(pnJID=str(number), lidJID=str(chat))
    for entry in reversed(entries):  # newest first, as phones send it
        item = conversation.messages.add(msgOrderID=entry.n)
        _fill(core, item.message, entry)


def _fill(core: Core, info: Any, entry: Entry) -> None:
    sender = JID.parse(entry.sender)
    info.key.remoteJID, info.key.ID, info.key.fromMe = entry.chat, entry.id, core.is_own(sender)
    if is_shared(JID.parse(entry.chat)):
        info.key.participant = info.participant = str(sender.bare())
    info.messageTimestamp = entry.timestamp
    info.message.ParseFromString(entry.message)
    if entry.push_name:
        info.pushName = entry.push_name


def _names(core: Core) -> dict[str, str]:
    named = [(JID.parse(entry.sender), entry.push_name) for entry in core.log]
    return {str(sender.bare()): name for sender, name in named if name and not core.is_own(sender)}


def _notification(sync: Any) -> Any:
    notification = e2e.HistorySyncNotification(
        syncType=sync.syncType,
        chunkOrder=sync.chunkOrder,
        progress=sync.progress,
        initialHistBootstrapInlinePayload=zlib.compress(sync.SerializeToString()),
    )
    protocol = e2e.ProtocolMessage(
        type=e2e.ProtocolMessage.HISTORY_SYNC_NOTIFICATION, historySyncNotification=notification
    )
    return e2e.Message(protocolMessage=protocol)

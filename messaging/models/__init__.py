"""Messages, receipts, chats, groups, files, templates, and the keys that make requests repeatable."""

from .chat import Chat, ChatKind, chat_kind
from .contact import Contact
from .group import Group, GroupRole
from .idempotency import IdempotencyKey
from .media import Media, MediaSource, MediaState
from .message import Direction, Message, MessageKind, MessageState, OnUnknown, Priority
from .number_check import NumberCheck
from .receipt import Receipt, ReceiptKind
from .template import Template

__all__ = [
    "Chat",
    "ChatKind",
    "Contact",
    "Direction",
    "Group",
    "GroupRole",
    "IdempotencyKey",
    "Media",
    "MediaSource",
    "MediaState",
    "Message",
    "MessageKind",
    "MessageState",
    "NumberCheck",
    "OnUnknown",
    "Priority",
    "Receipt",
    "ReceiptKind",
    "Template",
    "chat_kind",
]

"""Messages and receipts."""

from .message import Direction, Message, MessageKind, MessageState
from .receipt import Receipt, ReceiptKind

__all__ = ["Direction", "Message", "MessageKind", "MessageState", "Receipt", "ReceiptKind"]

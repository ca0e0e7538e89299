"""A message to many, whom it goes to, and how fast each session sends such messages."""

from .broadcast import ACTIVE, Broadcast, BroadcastState
from .check import BroadcastCheck, CheckState
from .consent import Consent
from .pacer import Pacer
from .recipient import BroadcastRecipient, RecipientState

__all__ = [
    "ACTIVE",
    "Broadcast",
    "BroadcastCheck",
    "BroadcastRecipient",
    "BroadcastState",
    "CheckState",
    "Consent",
    "Pacer",
    "RecipientState",
]

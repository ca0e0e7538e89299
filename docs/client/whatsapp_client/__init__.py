"""A small typed client of the WhatsApp API: `Client`, and `verified` for webhooks. docs/client.md shows it."""

from .client import Client
from .errors import Refused, Unreachable, WrongSignature
from .models import Event, Media, Message, PairingCode, Qr, Session
from .webhooks import verified

__all__ = [
    "Client",
    "Event",
    "Media",
    "Message",
    "PairingCode",
    "Qr",
    "Refused",
    "Session",
    "Unreachable",
    "WrongSignature",
    "verified",
]

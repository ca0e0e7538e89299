"""Counts what becomes of messages, after the transaction that decided it."""

from datetime import datetime

from django.db import transaction

from whatsapp_api.core.metrics import ACK_SECONDS, SEND_SECONDS, SENDS

from .models import Message, MessageState


def settled(message: Message) -> None:
    """Called with the row as it is now, inside the transaction."""
    transaction.on_commit(lambda: _settled(message))


def acked(message: Message, level: str, at: datetime) -> None:
    """A receipt moved the message on."""
    transaction.on_commit(lambda: _acked(message, level, at))


def _settled(message: Message) -> None:
    SENDS.labels(str(message.state)).inc()
    if message.state == MessageState.SENT and message.sent_at:
        due = getattr(message, "scheduled_at", None) or message.created_at
        SEND_SECONDS.observe(max(0.0, (message.sent_at - due).total_seconds()))


def _acked(message: Message, level: str, at: datetime) -> None:
    if message.sent_at:
        ACK_SECONDS.labels(level).observe(max(0.0, (at - message.sent_at).total_seconds()))

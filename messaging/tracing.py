"""The way of one message as spans of the trace of the request that sent it: queue, owner, host, WhatsApp's receipts.

The owner draws the host's span, too: a host loads nothing but the engine, and reports its times with the outcome.
Only called where traces are wanted; whatever goes wrong here, messages go their way.
"""

import logging
import time
from datetime import datetime
from typing import Any, cast

import redis
from django.db import transaction

from sessions_app.engine.base import SendFinished
from whatsapp_api.core import redis as core_redis
from whatsapp_api.core import tracing

from .models import Message

logger = logging.getLogger(__name__)

KEPT_SECONDS = 6 * 3600
MOST_CLAIMED = 10_000

_claimed: dict[str, float] = {}
"""When the owner took each attempt, by reference."""


def created(message: Message) -> None:
    """Remember which trace the message belongs to, before its owner can see it."""
    if tracing.ENABLED and (parent := tracing.traceparent.get()):
        _quietly(lambda: core_redis.client().set(_key(message.pk), parent, ex=KEPT_SECONDS))


def claimed(ref: str) -> None:
    if tracing.ENABLED and len(_claimed) < MOST_CLAIMED:
        _claimed[ref] = time.time()


def settled(message: Message, outcome: SendFinished) -> None:
    """After the outcome is stored."""
    taken = _claimed.pop(outcome.ref, None)
    if tracing.ENABLED and taken:
        transaction.on_commit(lambda: _quietly(lambda: _draw_send(message, outcome, taken)))


def receipt(message: Message, level: str, at: datetime) -> None:
    """A receipt moved the message on."""
    if tracing.ENABLED and message.sent_at:
        transaction.on_commit(lambda: _quietly(lambda: _draw_receipt(message, level, at)))


def _draw_send(message: Message, outcome: SendFinished, taken: float) -> None:
    parent = _parent(message)
    if not parent:
        return
    about: dict[str, Any] = {"session": str(message.session_id), "message": str(message.pk)}
    due = (message.scheduled_at or message.created_at).timestamp()
    tracing.span_past("outbox", parent=parent, began=min(due, taken), ended=taken, **about)
    fault = outcome.error_code or outcome.error
    owner = tracing.span_past(
        "owner send", parent=parent, began=taken, ended=time.time(), fault=fault, state=str(message.state), **about
    )
    if outcome.began:
        times = {"began": outcome.began, "ended": outcome.ended}
        tracing.span_past("host send, until WhatsApp's ack", parent=owner, fault=fault, **times, **about)


def _draw_receipt(message: Message, level: str, at: datetime) -> None:
    parent = _parent(message)
    if parent and message.sent_at:
        began, ended = message.sent_at.timestamp(), at.timestamp()
        about = {"session": str(message.session_id), "message": str(message.pk)}
        tracing.span_past(f"receipt {level}", parent=parent, began=began, ended=ended, **about)


def _parent(message: Message) -> str:
    return (cast("bytes | None", core_redis.client().get(_key(message.pk))) or b"").decode()


def _key(message_id: object) -> str:
    return f"wa:trace:{message_id}"


def _quietly(draw: Any) -> None:
    try:
        draw()
    except redis.RedisError as error:
        logger.debug("a trace was lost: %s", type(error).__name__)

"""Asking the worker that carries a session: hints that may be lost, and calls that get an answer.

Hints go to one stream that every sessions worker reads in full: a session that nobody owns yet is picked up as
fast as any other, and a worker skips what is not its own. Calls go to the stream of the node that owns the
session, so they arrive in order and only there. Both are read with plain XREAD: an entry is never worth keeping
for a successor (a sweep finds what a lost hint was about, and a call has a deadline), so there are no consumer
groups to recreate when Redis comes back empty. A Redis list carries the answer back.
"""

import logging
import time
import uuid
from typing import Any, cast

import msgpack
import redis
from django.db import DatabaseError

from sessions_app.engine.codec import decode_error
from sessions_app.engine.errors import EngineError, NotConnected, OutcomeUnknown
from whatsapp_api.core.logs import request_id

from .cluster.streams import STREAM_LENGTH, WAKE_STREAM
from .models import Session
from .quick_redis import BLOCK_SECONDS, client

logger = logging.getLogger(__name__)

STREAM_SECONDS = 600
REPLY_SECONDS = 60
QUIET_SECONDS = 1.0

_quiet_until = 0.0


def node_stream(node: str) -> str:
    """Where the calls for a node's sessions arrive."""
    return f"wa:node:{node}"


def reply_key(call_id: str) -> str:
    """The list on which the caller waits."""
    return f"wa:reply:{call_id}"


def wake(session_id: uuid.UUID) -> None:
    """Tell the owner that something about the session changed: what people want of it, or messages to send.

    Call it after the commit. Never raises; a lost hint costs at most the second until the owner's next sweep.
    """
    _hint({"session": str(session_id)})


def wake_sends(session_id: uuid.UUID) -> None:
    """Like `wake`, when there are only messages to send: saves the owner a look at the session itself."""
    _hint({"session": str(session_id), "sends": "1"})


def wake_cluster() -> None:
    """Tell all sessions workers to look at each other and at all sessions: one came, went, or let sessions go."""
    _hint({"cluster": "1"})


def call(
    session_id: uuid.UUID, method: str, arguments: dict[str, Any] | None = None, *, timeout: float = 20.0
) -> dict[str, Any]:
    """Ask the session's engine something and wait for the answer.

    NotConnected: nobody carries the session or it is not connected, nothing was done. Unsupported, InvalidTarget,
    Refused ...: the engine's own answer. TimeoutError: no answer in time, the request may have had its effect.
    """
    deadline = time.monotonic() + timeout
    owner = Session.objects.filter(pk=session_id).values_list("owner", flat=True).first()
    if not owner:
        raise NotConnected("No worker carries this session at the moment.")
    call_id = uuid.uuid4().hex
    request = {
        "id": call_id,
        "session": str(session_id),
        "method": method,
        "arguments": arguments or {},
        "request_id": request_id.get(),
        "timeout": timeout,  # from when Redis got it: our clock and the owner's may differ
    }
    _put(node_stream(owner), {"call": msgpack.packb(request)})
    return _answer(call_id, deadline, session_id, owner)


def _put(stream: str, entry: Any) -> None:
    try:
        with client().pipeline(transaction=False) as pipe:
            pipe.xadd(stream, entry, maxlen=STREAM_LENGTH, approximate=True)
            pipe.expire(stream, STREAM_SECONDS)
            pipe.execute()
    except redis.TimeoutError as error:
        raise OutcomeUnknown("Redis did not answer; the request may have been made.") from error
    except redis.RedisError as error:
        raise NotConnected("Redis cannot be reached; the request was not made.", code="unavailable") from error


def _answer(call_id: str, deadline: float, session_id: uuid.UUID, owner: str) -> dict[str, Any]:
    while (left := deadline - time.monotonic()) > 0:
        try:
            popped = client().blpop([reply_key(call_id)], timeout=min(left, BLOCK_SECONDS))
        except redis.RedisError:
            time.sleep(min(0.1, left))
            continue
        if popped:
            return _read(cast("list[bytes]", popped)[1])
        if _has_moved(session_id, owner):
            raise OutcomeUnknown("The session went to another worker meanwhile; the request may have been made.")
    raise TimeoutError("The session's worker did not answer in time.")


def _has_moved(session_id: uuid.UUID, owner: str) -> bool:
    try:
        return not Session.objects.filter(pk=session_id, owner=owner).exists()
    except DatabaseError:  # the answer may come all the same
        return False


def _read(data: bytes) -> dict[str, Any]:
    reply: dict[str, Any] = msgpack.unpackb(data)
    if error := reply.get("error"):
        raise decode_error(error)
    return dict(reply.get("result") or {})


def _hint(entry: dict[str, Any]) -> None:
    """After a failure hints rest for a second: a Redis that hangs must not hold up every request."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        _put(WAKE_STREAM, entry)
    except EngineError as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("A hint for the sessions worker was lost: %s", error.text)

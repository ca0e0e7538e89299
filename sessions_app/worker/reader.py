"""The owner's end of the command streams: one thread reads, nobody blocks it."""

import functools
import logging
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, cast

import msgpack
import redis

from sessions_app import commands
from sessions_app.cluster.streams import WAKE_STREAM
from sessions_app.engine.codec import encode_error
from sessions_app.engine.errors import NotConnected
from sessions_app.quick_redis import BLOCK_SECONDS, client
from whatsapp_api.core.logs import about

from .live import Registry

logger = logging.getLogger(__name__)

PAUSE = 0.2
BATCH = 200
REPLIES = 2

Fields = dict[bytes, bytes]


class CommandReader:
    """Hears hints for anybody and calls for this node."""

    def __init__(
        self,
        *,
        node: str,
        registry: Registry,
        on_wake: Callable[[uuid.UUID], None],
        on_sends: Callable[[uuid.UUID], None],
        on_gap: Callable[[], None],
        on_cluster: Callable[[str], None],
    ) -> None:
        self._calls = commands.node_stream(node)
        self._registry = registry
        self._on_wake = on_wake
        self._on_sends = on_sends
        self._on_gap = on_gap
        self._on_cluster = on_cluster
        self._stop = threading.Event()
        self._replies = ThreadPoolExecutor(REPLIES, thread_name_prefix="replies")
        self._thread = threading.Thread(target=self._run, name="commands", daemon=True)
        self._position: dict[str, str] = {}
        self._redis_time = 0.0  # what its clock shows when ours, the monotonic one, is at zero
        self.ready = threading.Event()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(BLOCK_SECONDS + 0.5)
        self._replies.shutdown(wait=False)

    # -- reading ------------------------------------------------------------------------------------
    def _run(self) -> None:
        away = True
        while not self._stop.is_set():
            try:
                if away:
                    self._find_position()
                    self._on_gap()  # hints may have been lost meanwhile
                    away = False
                    self.ready.set()
                self._read()
            except redis.RedisError as error:
                if not away:
                    logger.warning("Commands cannot be read, Redis is away: %s", type(error).__name__)
                away = True
                self._stop.wait(PAUSE)
            except Exception:
                logger.exception("Reading commands failed")
                self._stop.wait(PAUSE)

    def _find_position(self) -> None:
        """Hints of before our time are of no use; our own stream has no before.

        A Redis that lost its data and whose clock is behind would number new entries below the old position.
        """
        self._note_time()
        newest = cast("list[tuple[bytes, Fields]]", client().xrevrange(WAKE_STREAM, count=1))
        end = newest[0][0].decode() if newest else "0-0"
        known = self._position.get(WAKE_STREAM)
        if known is None or _order(end) < _order(known):
            self._position = {WAKE_STREAM: end, self._calls: "0-0"}

    def _read(self) -> None:
        position: Any = self._position
        block = int(BLOCK_SECONDS * 1000)
        read = cast("Any", client().xread(position, count=BATCH, block=block))
        if not read:
            self._note_time()
        for stream, entries in read or ():
            for number, fields in entries:
                self._position[stream.decode()] = number.decode()
                try:
                    self._handle(number, fields)
                except Exception:  # one malformed entry must not stop the others
                    logger.exception("A command could not be read")

    def _age(self, number: bytes) -> float:
        """How long ago an entry was made, by the clock of Redis alone."""
        return max(0.0, time.monotonic() + self._redis_time - int(number.partition(b"-")[0]) / 1000)

    def _note_time(self) -> None:
        seconds, microseconds = client().time()
        self._redis_time = seconds + microseconds / 1e6 - time.monotonic()

    def _handle(self, number: bytes, fields: Fields) -> None:
        if packed := fields.get(b"call"):
            self._call(msgpack.unpackb(packed), self._age(number))
            return
        if b"cluster" in fields:
            self._on_cluster(fields.get(b"gone", b"").decode())
            return
        session_id = uuid.UUID(fields[b"session"].decode())
        self._on_sends(session_id)
        if b"sends" not in fields:
            self._on_wake(session_id)

    # -- calls --------------------------------------------------------------------------------------
    def _call(self, request: dict[str, Any], age: float) -> None:
        with about(request_id=request.get("request_id", "-"), session_id=request["session"]):
            logger.debug("Call: %s", request["method"])
            self._pass_on(request, age)

    def _pass_on(self, request: dict[str, Any], age: float) -> None:
        left = request["timeout"] - age
        if left <= 0:
            return
        live = self._registry.get(request["session"])
        slot = live.slot if live is not None else None
        if slot is None or slot.dead or not slot.ready.done():
            self._reply(request["id"], {"error": encode_error(NotConnected("The session is not running."))})
            return
        future = slot.host.call(request["session"], request["method"], request["arguments"], timeout=left)
        future.add_done_callback(functools.partial(self._answered, request["id"]))

    def _answered(self, call_id: str, future: Future[dict[str, Any]]) -> None:
        error = future.exception()
        self._reply(call_id, {"error": encode_error(error)} if error else {"result": future.result()})

    def _reply(self, call_id: str, reply: dict[str, Any]) -> None:
        try:
            self._replies.submit(_push, call_id, reply)
        except RuntimeError:  # shut down: the caller's deadline ends its wait
            pass


def _push(call_id: str, reply: dict[str, Any]) -> None:
    key = commands.reply_key(call_id)
    try:
        with client().pipeline(transaction=False) as pipe:
            pipe.lpush(key, msgpack.packb(reply))
            pipe.expire(key, commands.REPLY_SECONDS)
            pipe.execute()
    except redis.RedisError as error:
        logger.warning("The answer to a call was lost: %s", type(error).__name__)


def _order(number: str) -> tuple[int, int]:
    milliseconds, _, count = number.partition("-")
    return int(milliseconds), int(count)

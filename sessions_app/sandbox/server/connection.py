"""One client's connection: the Noise handshake, then nodes in both directions."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidTag
from google.protobuf.message import DecodeError as ProtobufError

from sessions_app.sandbox.server.sockets import reset
from sessions_app.sandbox.server.websocket import WebSocket
from sessions_app.sandbox.wire.decoder import DecodeError
from sessions_app.sandbox.wire.jid import SERVER_JID
from sessions_app.sandbox.wire.node import Attr, Node, decode, encode
from sessions_app.sandbox.wire.noise import Finished, FrameBuffer, HandshakeError, Responder, Transport, frame

if TYPE_CHECKING:
    from sessions_app.sandbox.server.sandbox import Sandbox

log = logging.getLogger(__name__)
HANDSHAKE_SECONDS = 30.0
LINGER_SECONDS = 2.0
"""How long a socket stays open behind a final stanza: a client that sees it close first may lose the stanza."""


class Role(Protocol):
    """What a connection is for, once the client has said who it is."""

    account: str | None
    """The phone number of the account, when there is one yet."""

    def start(self) -> None:
        """The handshake is done."""

    def handle(self, node: Node) -> None:
        """The client sent a node that answers nothing."""

    def closed(self) -> None:
        """The connection is over."""


class Connection:
    """Reads in `run()`; everything else is called from the same event loop and never waits."""

    def __init__(self, sandbox: Sandbox, socket: WebSocket) -> None:
        self.sandbox, self.socket = sandbox, socket
        self.role: Role | None = None
        self._transport: Transport | None = None
        self._ids = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Node]] = {}
        self._held: list[Node] = []
        self._frames: list[bytes] = []
        self._buffer = FrameBuffer()
        self._released = asyncio.Event()
        self.on_end: Callable[[Connection], None] = lambda connection: None

    # -- life ---------------------------------------------------------------------------------------------------
    async def run(self) -> None:
        """Serve the client until it is gone."""
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                finished = await self._handshake()
            self._transport = finished.transport
            self.role = self.sandbox.role_for(self, finished)
            self.role.start()
            while (data := await self._next_frame()) is not None:
                await self._receive(data)
        except (HandshakeError, InvalidTag, DecodeError, ProtobufError, TimeoutError, ConnectionError) as error:
            log.info("connection of %s ended: %s", self.account or "a new device", str(error) or type(error).__name__)
        finally:
            self._finish()

    def _finish(self) -> None:
        for future in self._waiting.values():
            future.cancel()
        if self.role is not None:
            self.role.closed()
        self.on_end(self)
        self.socket.close()

    @property
    def account(self) -> str | None:
        """The phone number of the account this connection belongs to."""
        return self.role.account if self.role else None

    async def _handshake(self) -> Finished:
        responder = Responder(self.sandbox.trust.static, self.sandbox.noise_certificate)
        self.socket.send(frame(responder.hello(await self._handshake_frame())))
        return responder.finish(await self._handshake_frame())

    async def _handshake_frame(self) -> bytes:
        data = await self._next_frame()
        if data is None:
            raise HandshakeError("closed during the handshake")
        return data

    async def _next_frame(self) -> bytes | None:
        while not self._frames:
            data = await self.socket.receive()
            if data is None:
                return None
            self._frames = self._buffer.feed(data)
        return self._frames.pop(0)

    # -- in -----------------------------------------------------------------------------------------------------
    async def _receive(self, data: bytes) -> None:
        assert self._transport is not None and self.role is not None
        plain = self._transport.open(data)
        node = decode(unpack(plain))
        if fault := self.sandbox.faults.take("delay", self.account):
            await asyncio.sleep(float(fault.options.get("ms", 1000)) / 1000)
        if await self._swallowed(node):
            return
        waiting = self._waiting.pop(node.text("id"), None) if node.tag == "iq" and _is_answer(node) else None
        if waiting is not None and not waiting.done():
            waiting.set_result(node)
        else:
            self._handle(self.role, node)
        await self.socket.drain()

    def _handle(self, role: Role, node: Node) -> None:
        """One request that the server fails on does not cost the client its connection."""
        try:
            role.handle(node)
        except Exception:
            log.exception("a %s of %s failed", node.tag, role.account)

    async def _swallowed(self, node: Node) -> bool:
        """A silence swallows what clients say; with `hold` it is heard when the silence is over."""
        while fault := self.sandbox.faults.find("silence", self.account):
            self.sandbox.stats.count("messages_unheard" if node.tag == "message" else "others_unheard", self.account)
            if not fault.options.get("hold"):
                return True
            self._released.clear()
            await self._released.wait()
        return False

    # -- out ----------------------------------------------------------------------------------------------------
    def send(self, node: Node) -> None:
        """Send a node; during a silence it waits for the end of it."""
        if self._transport is None or self.socket.gone():
            return
        if self.silent():
            self._held.append(node)
            return
        self.socket.send(frame(self._transport.seal(b"\0" + encode(node))))

    def silent(self) -> bool:
        """Whether a fault forbids any answer."""
        return self.sandbox.faults.find("silence", self.account) is not None

    def release(self) -> None:
        """A silence may be over: send what has waited."""
        if not self.silent():
            self._released.set()
            held, self._held = self._held, []
            for node in held:
                self.send(node)

    def next_id(self) -> str:
        """An id for a stanza that the server starts."""
        return f"{int(time.time())}-{next(self._ids)}"

    def notify(self, kind: str, content: list[Node]) -> None:
        """Send a notification."""
        attrs: dict[str, Attr] = {"from": SERVER_JID, "type": kind, "id": self.next_id(), "t": str(int(time.time()))}
        self.send(Node("notification", attrs, content))

    async def ask(self, node: Node, seconds: float = 30.0) -> Node:
        """Send an iq and wait for its answer; ConnectionError when the client goes away first."""
        node.attrs["id"] = stanza_id = self.next_id()
        future: asyncio.Future[Node] = asyncio.get_running_loop().create_future()
        self._waiting[stanza_id] = future
        self.send(node)
        try:
            async with asyncio.timeout(seconds):
                return await future
        except asyncio.CancelledError:
            if future.cancelled() and self.socket.gone():
                raise ConnectionError("the client went away") from None
            raise
        finally:
            self._waiting.pop(stanza_id, None)

    # -- end ----------------------------------------------------------------------------------------------------
    def part(self, node: Node, *, linger: float = LINGER_SECONDS) -> None:
        """Send a final stanza, and leave it to the client to hang up."""
        self.send(node)
        asyncio.get_running_loop().call_later(linger, self.socket.close)

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        reset(self.socket.writer)


def unpack(plain: bytes) -> bytes:
    """Take the flag byte off; bit 2 says that the rest is compressed."""
    return zlib.decompress(plain[1:]) if plain[0] & 2 else plain[1:]


def _is_answer(node: Node) -> bool:
    return node.text("type") in ("result", "error")

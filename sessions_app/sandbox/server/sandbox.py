"""The sandbox: puts its parts together, and is what the control API acts on."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from google.protobuf.message import DecodeError

from sessions_app.sandbox import protos
from sessions_app.sandbox.server.account import Account
from sessions_app.sandbox.server.connection import Connection, Role
from sessions_app.sandbox.server.devices import Device
from sessions_app.sandbox.server.faults import Faults
from sessions_app.sandbox.server.groups.service import GroupService
from sessions_app.sandbox.server.inbound import Inbound
from sessions_app.sandbox.server.linking import Linking
from sessions_app.sandbox.server.listener import Control, Listener
from sessions_app.sandbox.server.login import Refused, Session, failure
from sessions_app.sandbox.server.media import MediaStore
from sessions_app.sandbox.server.newsletters.service import NewsletterService
from sessions_app.sandbox.server.presence import Presence
from sessions_app.sandbox.server.registration import Registration
from sessions_app.sandbox.server.router import Router
from sessions_app.sandbox.server.sockets import is_loopback
from sessions_app.sandbox.server.stats import Stats
from sessions_app.sandbox.server.storage import Storage
from sessions_app.sandbox.server.trust import Trust
from sessions_app.sandbox.server.websocket import WebSocket
from sessions_app.sandbox.server.world import World
from sessions_app.sandbox.wire.node import Node
from sessions_app.sandbox.wire.noise import Finished, HandshakeError
from sessions_app.sandbox.wire.tokens import load_tokens

log = logging.getLogger(__name__)
BACKLOG = 1024


class Sandbox:
    """One WhatsApp of its own. `state` is its folder; without one it forgets everything when it ends."""

    def __init__(self, state: Path | None = None) -> None:
        load_tokens()
        self.storage = Storage(state)
        self.trust = Trust.load(self.storage)
        self.noise_certificate = self.trust.noise_certificate()
        self.stats, self.faults = Stats(), Faults()
        self.media = MediaStore(state / "media" if state else None)
        self.world = World(self.storage)
        self.router = Router(self.world, self.stats, self.faults)
        self.world.on_prekey_taken = self.router.ask_for_prekeys
        self.groups = GroupService(self.world, self.router)
        self.newsletters = NewsletterService(self.world, self.router)
        self.inbound = Inbound(self.world, self.router, self.newsletters)
        self.presence = Presence(self.world, self.router)
        self.linking = Linking(self)
        self.connections: set[Connection] = set()
        self.url = ""
        self._server: asyncio.Server | None = None
        self._listener: Listener | None = None
        self.world.load()

    # -- life ---------------------------------------------------------------------------------------------------
    async def start(self, control: Control, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen; returns the URL, which is the proxy's and (through `control`) the control API's at once."""
        if not is_loopback(host):
            raise ValueError("the sandbox listens on loopback only")
        self._listener = Listener(
            tls=self.trust.server_context(),
            faults=self.faults,
            stats=self.stats,
            media=self.media,
            control=control,
            connect=self._connect,
        )
        self._server = await asyncio.start_server(self._listener.accept, host, port, backlog=BACKLOG)
        self.storage.flush()
        bound, actual = self._server.sockets[0].getsockname()[:2]
        self.url = f"http://{f'[{bound}]' if ':' in bound else bound}:{actual}"
        self.faults.on_clear(self.release)
        return self.url

    async def stop(self) -> None:
        """End every connection and write the rest of the state."""
        if self._server is not None and self._listener is not None:
            self._server.close()
            await self._listener.close()
        self.storage.close()

    def _connect(self, socket: WebSocket) -> Connection:
        connection = Connection(self, socket)
        self.connections.add(connection)
        connection.on_end = self.connections.discard
        return connection

    # -- connections --------------------------------------------------------------------------------------------
    def role_for(self, connection: Connection, finished: Finished) -> Role:
        """What a connection is for, by the payload of its handshake."""
        try:
            payload = protos.wa6.ClientPayload.FromString(finished.payload)
        except DecodeError as error:
            raise HandshakeError("not a client payload") from error
        number = str(payload.username) if payload.username else None
        if number and self.faults.take("refuse", number):
            connection.reset()
            raise HandshakeError("refused by a fault")
        if fault := self.faults.take("failure", number):
            return self._fail(connection, number, payload.device, fault.options)
        if number is None:
            return Registration(self, connection, finished.client_static, payload)
        account = self.world.by_number(number)
        device = account.devices.get(payload.device) if account else None
        if account is None or device is None or device.noise != finished.client_static:
            return Refused(connection, failure("401"), number)
        return Session(self, connection, account, device)

    def _fail(self, connection: Connection, number: str | None, device: int, options: dict[str, object]) -> Role:
        """A failure that makes the client forget its device makes the server forget it as well."""
        reason = str(options.get("reason", 401))
        account = self.world.by_number(number) if number else None
        linked = account.devices.get(device) if account else None
        if reason in FORGETTING and account is not None and linked is not None:
            self.remove_device(account, linked, tell=False)
        node = failure(reason, str(options.get("code") or ""), str(options.get("expire") or ""))
        return Refused(connection, node, number)

    def release(self) -> None:
        """A fault is over: send what a silence has held back."""
        for connection in self.connections:
            connection.release()

    def remove_device(self, account: Account, device: Device, *, tell: bool) -> None:
        """Unlink a device; `tell` sends it the stream error that says so."""
        account.phone.unlink(device.number)
        account.forget_device(device)
        self.world.changed(account)
        if tell and device.connection is not None:
            device.connection.part(device_removed())

    def remove_account(self, account: Account) -> None:
        """Delete a phone with its account."""
        for device in list(account.devices.values()):
            self.remove_device(account, device, tell=True)
        self.world.delete(account)


FORGETTING = frozenset({"401", "403", "406"})


def device_removed() -> Node:
    """The account's owner has removed this device."""
    return Node("stream:error", {"code": "401"}, [Node("conflict", {"type": "device_removed"})])

"""Links devices to accounts: by QR code, or by a pairing code typed into the phone."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from sessions_app.sandbox.crypto.paircode import WrongCodeError
from sessions_app.sandbox.phones.linking import LinkError
from sessions_app.sandbox.phones.phone import Tamper
from sessions_app.sandbox.phones.results import LinkOffer
from sessions_app.sandbox.server import iq
from sessions_app.sandbox.server.account import Account
from sessions_app.sandbox.server.devices import Device
from sessions_app.sandbox.server.errors import SandboxError
from sessions_app.sandbox.server.registration import Registration
from sessions_app.sandbox.wire.jid import SERVER_JID
from sessions_app.sandbox.wire.node import Attr, Node

if TYPE_CHECKING:
    from sessions_app.sandbox.server.sandbox import Sandbox

log = logging.getLogger(__name__)
MAX_DEVICES = 255
CODE_SECONDS = 30.0
LINGER_SECONDS = 30.0
"""The client hangs up as soon as it has read that it is linked, which a busy machine may delay."""


class Linking:
    """Registrations that wait, by reference and by the phone number they asked a code for."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._by_ref: dict[str, Registration] = {}
        self._by_number: dict[str, Registration] = {}
        self._known_refs: dict[str, None] = {}

    def enter(self, registration: Registration) -> None:
        """A client shows QR codes."""
        for ref in registration.refs:
            self._by_ref[ref] = registration

    def leave(self, registration: Registration) -> None:
        """The client is gone; its references are remembered as expired."""
        for ref in registration.refs:
            if self._by_ref.pop(ref, None):
                self._known_refs[ref] = None
        while len(self._known_refs) > 1000:
            del self._known_refs[next(iter(self._known_refs))]
        self._by_number = {key: value for key, value in self._by_number.items() if value is not registration}

    def code_requested(self, registration: Registration, number: str) -> None:
        """A client asked to be linked by code."""
        self._by_number[number] = registration

    # -- by QR code ---------------------------------------------------------------------------------------------
    async def scan(self, account: Account, qr: str, tamper: Tamper | None) -> Device:
        """Link the device that shows this QR code; returns once it has accepted."""
        self._require_online(account)
        number = self._new_number(account)
        try:
            offer = account.phone.link(qr, number, tamper)
        except LinkError as error:
            raise SandboxError(422, "qr_invalid", str(error)) from error
        registration = self._claim(offer.ref)
        return await self._offer(account, registration, offer)

    def _claim(self, ref: str) -> Registration:
        registration = self._by_ref.get(ref)
        if registration is None and ref not in self._known_refs:
            raise SandboxError(410, "ref_unknown", "no client of this sandbox shows this QR code")
        if registration is None or not registration.shows(ref):
            raise SandboxError(410, "ref_expired", "this QR code has expired")
        if registration.claimed:
            raise SandboxError(409, "already_scanned", "this client is being linked already")
        return registration

    # -- by pairing code ----------------------------------------------------------------------------------------
    async def pair(self, account: Account, code: str, tamper: Tamper | None) -> Device:
        """Type the code that a client shows for this phone number into the phone."""
        self._require_online(account)
        registration = self._by_number.get(account.number)
        if registration is None or registration.hello is None or registration.claimed:
            raise SandboxError(409, "no_code_requested", "no client asked for a pairing code for this phone")
        number = self._new_number(account)
        finish = await self._exchange(account, registration, code)
        try:
            offer = account.phone.finish_pairing_code(finish.children()[0], number, tamper)
        except (WrongCodeError, LinkError) as error:
            registration.connection.send(iq.error(finish, 400, "bad-request"))
            raise SandboxError(422, "code_wrong", "the client shows another code") from error
        registration.connection.send(iq.result(finish))
        return await self._offer(account, registration, offer)

    @staticmethod
    async def _exchange(account: Account, registration: Registration, code: str) -> Node:
        """Send the phone's half, wait for the client's."""
        assert registration.hello is not None
        try:
            primary = account.phone.answer_pairing_code(code, registration.hello, registration.refs[0].encode())
        except (WrongCodeError, LinkError) as error:
            raise SandboxError(422, "code_invalid", str(error)) from error
        registration.finish = asyncio.get_running_loop().create_future()
        registration.connection.notify("link_code_companion_reg", [primary])
        try:
            async with asyncio.timeout(CODE_SECONDS):
                return await asyncio.shield(registration.finish)
        except (TimeoutError, asyncio.CancelledError) as error:
            if isinstance(error, TimeoutError) or registration.finish.cancelled():
                raise SandboxError(409, "no_answer", "the client did not answer the code") from error
            raise

    # -- both ---------------------------------------------------------------------------------------------------
    @staticmethod
    def _require_online(account: Account) -> None:
        if not account.settings.online:
            raise SandboxError(409, "phone_offline", "the phone is offline")

    @staticmethod
    def _new_number(account: Account) -> int:
        if account.settings.last_device >= MAX_DEVICES:
            raise SandboxError(409, "too_many_devices", "this phone has used up its device numbers")
        account.settings.last_device += 1
        account.save()
        return account.settings.last_device

    async def _offer(self, account: Account, registration: Registration, offer: LinkOffer) -> Device:
        """Send `pair-success` and take the device in when its signature is right."""
        registration.claimed = True
        try:
            answer = await registration.connection.ask(_pair_success(offer))
            device = self._accept(account, registration, offer, answer)
        except (ConnectionError, TimeoutError) as error:
            raise SandboxError(409, "no_answer", "the client went away while it was linked") from error
        finally:
            registration.claimed = False
        registration.connection.part(Node("stream:error", {"code": "515"}), linger=LINGER_SECONDS)
        return device

    def _accept(self, account: Account, registration: Registration, offer: LinkOffer, answer: Node) -> Device:
        if answer.text("type") == "error":
            error = answer.child("error") or Node("error")
            raise SandboxError(409, "refused", f"the client refused: {error.text('code')} {error.text('text')}")
        identity = answer.find("pair-device-sign", "device-identity")
        try:
            account.phone.device_linked(offer.jid.device, identity.data() if identity else b"")
        except LinkError as error:
            raise SandboxError(422, "signature_wrong", str(error)) from error
        device = Device(
            offer.jid,
            offer.lid,
            registration.noise,
            registration.identity,
            registration.registration_id,
            registration.platform,
            self._sandbox.world.mailbox(account, offer.jid.device),
        )
        account.devices[device.number] = device
        account.save_device(device)
        self._sandbox.world.changed(account)
        self._sandbox.storage.flush()  # the client keeps its half now, so the server must not lose its own
        self._sandbox.stats.count("links", account.number)
        log.info("device %s linked", device.jid)
        return device


def _pair_success(offer: LinkOffer) -> Node:
    content = [
        Node("device-identity", {}, offer.box),
        Node("biz", {}),
        Node("device", {"jid": offer.jid, "lid": offer.lid}),
        Node("platform", {"name": "android"}),
    ]
    attrs: dict[str, Attr] = {"from": SERVER_JID, "type": "set", "xmlns": "md", "t": str(int(time.time()))}
    return Node("iq", attrs, [Node("pair-success", {}, content)])

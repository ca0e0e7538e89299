"""The primary device of an account: what a person's phone does, as a machine without I/O.

Every method returns stanzas to deliver instead of sending them; `changes()` tells what to save.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from sessions_app.sandbox.crypto.signal.keys import PreKeyBundle
from sessions_app.sandbox.phones.directory import Directory
from sessions_app.sandbox.phones.results import Batch, LinkOffer, Outgoing, Received, Sent
from sessions_app.sandbox.wire.jid import JID
from sessions_app.sandbox.wire.node import Node

Tamper = Literal["hmac", "account_signature"]


class Phone:
    """Device 0 of an account."""

    number: str
    name: str
    jid: JID
    """`number@s.whatsapp.net`"""
    lid: JID
    """`lid@lid`"""
    linked: dict[int, bytes]
    """Linked devices: number -> identity key."""

    # -- life -------------------------------------------------------------------------------------------------
    @classmethod
    def create(cls, *, number: str, lid: str, name: str, directory: Directory) -> Phone:
        """A phone fresh out of its box."""
        raise NotImplementedError

    @classmethod
    def restore(cls, blobs: Mapping[str, bytes], directory: Directory) -> Phone:
        """The phone that was saved as the union of all `changes()`."""
        raise NotImplementedError

    def changes(self) -> dict[str, bytes | None]:
        """What to save since the last call: small blobs by key, None for a key to delete. Cheap when little changed."""
        raise NotImplementedError

    def key_bundle(self) -> PreKeyBundle:
        """What the server hands out for device 0 on `encrypt` get; every call takes a new one-time prekey."""
        raise NotImplementedError

    # -- linking ----------------------------------------------------------------------------------------------
    def link(self, qr_text: str, device: int, tamper: Tamper | None = None) -> LinkOffer:
        """Scan a QR code (the server finds the connection by `LinkOffer.ref`)."""
        raise NotImplementedError

    def answer_pairing_code(self, code: str, hello: Node) -> Node:
        """Type a pairing code: `companion_hello` (`<link_code_companion_reg>`) in, `primary_hello` out."""
        raise NotImplementedError

    def finish_pairing_code(self, finish: Node, device: int, tamper: Tamper | None = None) -> LinkOffer:
        """`companion_finish` in, the offer for `pair-success` out; `WrongCodeError` if the code did not match."""
        raise NotImplementedError

    def device_linked(self, device: int, device_identity: bytes) -> None:
        """Check the device's answer to `pair-success` (content of `<device-identity>`); raises `LinkError`."""
        raise NotImplementedError

    def after_link(self, device: int) -> list[Outgoing]:
        """Peer messages for a new device, once it has uploaded prekeys: app state keys, then history."""
        raise NotImplementedError

    def unlink(self, device: int) -> None:
        """The device is gone (logout, or removed on the phone)."""
        raise NotImplementedError

    # -- app state (the phone keeps the account's patches; the server asks here) --------------------------------
    def app_state_version(self, collection: str) -> int:
        """The current version; 0 when there is no patch yet."""
        raise NotImplementedError

    def app_state_patches(self, collection: str, after: int) -> list[bytes]:
        """The encoded patches (SyncdPatch) after a version."""
        raise NotImplementedError

    def app_state_upload(self, collection: str, version: int, patch: bytes) -> Batch | None:
        """A device uploads a patch made for `version`: None if that is not current (409), else what it changed.

        `Batch.outgoing` tells the other devices.
        """
        raise NotImplementedError

    def set_name(self, name: str) -> list[Outgoing]:
        """Change the push name: writes a patch, returns the `server_sync` notifications for the linked devices."""
        raise NotImplementedError

    # -- messages ---------------------------------------------------------------------------------------------
    def send(self, chat: JID, message: Any, *, message_id: str | None = None) -> Sent:
        """Send a message (a `waE2E.Message` made by `phones.content`) to a person or group, by LID or number."""
        raise NotImplementedError

    def receive(self, stanza: Node) -> Batch:
        """Anything the server delivers to device 0: message, receipt, chatstate, presence, call, notification."""
        raise NotImplementedError

    def read(self, messages: Sequence[Received], *, played: bool = False) -> list[Outgoing]:
        """Read (or play) received messages: receipts for the senders, `read-self` for the own linked devices."""
        raise NotImplementedError

    def typing(self, chat: JID, state: Literal["composing", "recording", "paused"]) -> list[Outgoing]:
        """Chat state to every device of the other side."""
        raise NotImplementedError

    def presence(self, watchers: Sequence[JID], *, available: bool, last_seen: int | None = None) -> list[Outgoing]:
        """Presence to the devices of the accounts that watch this one."""
        raise NotImplementedError

    def call(self, to: JID) -> list[Outgoing]:
        """Ring every device of an account (an offer only, no media)."""
        raise NotImplementedError


def download(message: Received, fetch: Callable[[str], bytes]) -> bytes:
    """The decrypted file of a message; `fetch` gets the direct path."""
    raise NotImplementedError

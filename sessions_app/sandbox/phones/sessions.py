"""The phone's Signal sessions and sender keys, by device."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence

from sessions_app.sandbox.crypto.signal import cipher
from sessions_app.sandbox.crypto.signal.errors import InvalidMessageError, NoSessionError
from sessions_app.sandbox.crypto.signal.keys import PreKeyBundle
from sessions_app.sandbox.crypto.signal.record import SessionRecord
from sessions_app.sandbox.crypto.signal.sender_keys import SenderKey, SenderKeyRecord
from sessions_app.sandbox.phones.blobs import Blobs, pack, unpack
from sessions_app.sandbox.phones.keys import OwnKeys
from sessions_app.sandbox.wire.jid import JID

MAX_PADDING = 15


class Sessions:
    """Encrypts for devices and decrypts what they wrote. Records are loaded from their blob for each message."""

    __slots__ = ("_blobs", "_keys")

    def __init__(self, blobs: Blobs, keys: OwnKeys) -> None:
        self._blobs, self._keys = blobs, keys

    # -- pairwise -----------------------------------------------------------------------------------------------
    def has(self, device: JID) -> bool:
        return self._blobs.get(_session_key(device)) is not None

    def identity(self, device: JID) -> bytes | None:
        """The identity key that a device is known by."""
        session = self._load(device).current
        return session.remote_identity if session else None

    def open(self, device: JID, bundle: PreKeyBundle) -> None:
        """A new session with a device; an older one stays readable."""
        record = self._load(device)
        cipher.open_session(record, self._keys, bundle)
        self._blobs.put(_session_key(device), record.dump())

    def encrypt(self, device: JID, plaintext: bytes) -> tuple[str, bytes]:
        """The `<enc>` type and content for a device."""
        record = self._load(device)
        encrypted = cipher.encrypt(record, self._keys, _pad(plaintext))
        self._blobs.put(_session_key(device), record.dump())
        return encrypted

    def decrypt(self, device: JID, kind: str, data: bytes, *, padded: bool = True) -> bytes:
        """What a device wrote; a `DecryptError` changes nothing."""
        record = self._load(device)
        plaintext = cipher.decrypt(record, self._keys, kind, data)
        self._blobs.put(_session_key(device), record.dump())
        return _unpad(plaintext) if padded else plaintext

    def forget(self, device: JID) -> None:
        """The device is gone; a later one with its number starts over."""
        self._blobs.delete(_session_key(device))

    def _load(self, device: JID) -> SessionRecord:
        stored = self._blobs.get(_session_key(device))
        return SessionRecord.load(stored) if stored else SessionRecord()

    # -- groups -------------------------------------------------------------------------------------------------
    def own_distribution(self, group: JID, members: Collection[JID]) -> tuple[bytes, list[JID]]:
        """The distribution of the own sender key, and the members' devices that do not have it yet.

        When a device has left, a new key is made: it must not read on.
        """
        key, holders = self._own_sender_key(group)
        if holders - set(members):
            key, holders = SenderKey.generate(), set()
        self._save_own(group, key, holders)
        return key.distribution(), [device for device in members if device not in holders]

    def mark_distributed(self, group: JID, devices: Sequence[JID]) -> None:
        """These devices have been given the own sender key."""
        key, holders = self._own_sender_key(group)
        self._save_own(group, key, holders | set(devices))

    def encrypt_group(self, group: JID, plaintext: bytes) -> bytes:
        """One ciphertext for every member."""
        key, holders = self._own_sender_key(group)
        encrypted = key.encrypt(_pad(plaintext))
        self._save_own(group, key, holders)
        return encrypted

    def add_distribution(self, group: JID, device: JID, distribution: bytes) -> None:
        """A member's device gave its sender key."""
        record = self._sender_keys(group, device)
        record.add(distribution)
        self._blobs.put(_sender_key(group, device), record.dump())

    def decrypt_group(self, group: JID, device: JID, data: bytes, *, padded: bool = True) -> bytes:
        record = self._sender_keys(group, device)
        if not record.keys:
            raise NoSessionError("no sender key of this device")
        plaintext = record.decrypt(data)
        self._blobs.put(_sender_key(group, device), record.dump())
        return _unpad(plaintext) if padded else plaintext

    def _sender_keys(self, group: JID, device: JID) -> SenderKeyRecord:
        stored = self._blobs.get(_sender_key(group, device))
        return SenderKeyRecord.load(stored) if stored else SenderKeyRecord()

    def _own_sender_key(self, group: JID) -> tuple[SenderKey, set[JID]]:
        stored = self._blobs.get(f"own_sender_key/{group}")
        if stored is None:
            return SenderKey.generate(), set()
        key, holders = unpack(stored)
        return SenderKey.load(key), {JID.parse(device) for device in holders}

    def _save_own(self, group: JID, key: SenderKey, holders: set[JID]) -> None:
        self._blobs.put(f"own_sender_key/{group}", pack((key.dump(), sorted(map(str, holders)))))


def _session_key(device: JID) -> str:
    return f"session/{device}"


def _sender_key(group: JID, device: JID) -> str:
    return f"sender_key/{group}/{device}"


def _pad(plaintext: bytes) -> bytes:
    """WhatsApp hides the length behind 1 to 15 bytes, each of them their number."""
    count = 1 + secrets.randbelow(MAX_PADDING)
    return plaintext + bytes([count]) * count


def _unpad(padded: bytes) -> bytes:
    count = padded[-1] if padded else 0
    if not count or padded[-count:] != bytes([count]) * count:
        raise InvalidMessageError("wrong padding")
    return padded[:-count]

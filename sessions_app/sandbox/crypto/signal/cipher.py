"""Encrypting and decrypting for one peer device: record, own keys and wire formats put together."""

from __future__ import annotations

from typing import Literal, Protocol

from sessions_app.sandbox.crypto.curve import InvalidKeyError, KeyPair
from sessions_app.sandbox.crypto.signal.errors import InvalidMessageError, NoSessionError, UnknownPreKeyError
from sessions_app.sandbox.crypto.signal.keys import PreKeyBundle
from sessions_app.sandbox.crypto.signal.messages import PreKeyMessage, SignalMessage
from sessions_app.sandbox.crypto.signal.record import SessionRecord
from sessions_app.sandbox.crypto.signal.session import Session

MessageType = Literal["msg", "pkmsg"]


class OwnKeys(Protocol):
    """The private keys of this device."""

    identity: KeyPair
    registration_id: int

    def signed_prekey(self, key_id: int) -> KeyPair | None: ...

    def prekey(self, key_id: int) -> KeyPair | None: ...

    def forget_prekey(self, key_id: int) -> None: ...


def open_session(record: SessionRecord, own: OwnKeys, bundle: PreKeyBundle) -> None:
    """Start a new session with a device from its bundle."""
    record.put(Session.initiate(own.identity, bundle))


def encrypt(record: SessionRecord, own: OwnKeys, plaintext: bytes) -> tuple[MessageType, bytes]:
    """The next message for the device, a first message until it has answered."""
    session = record.current
    if session is None:
        raise NoSessionError("there is no session with this device")
    message = session.encrypt(plaintext)
    if session.pending is None:
        return "msg", message
    first = PreKeyMessage(
        registration_id=own.registration_id,
        prekey_id=session.pending.prekey_id,
        signed_prekey_id=session.pending.signed_prekey_id,
        base_key=session.base_key,
        identity=own.identity.public,
        message=message,
    )
    return "pkmsg", first.serialize()


def decrypt(record: SessionRecord, own: OwnKeys, kind: str, data: bytes) -> bytes:
    """Decrypt either type of message; on any `DecryptError` nothing has changed."""
    if kind == "msg":
        return record.decrypt(SignalMessage.parse(data))
    if kind == "pkmsg":
        return _decrypt_first(record, own, PreKeyMessage.parse(data))
    raise InvalidMessageError(f"unknown type {kind!r}")


def _decrypt_first(record: SessionRecord, own: OwnKeys, first: PreKeyMessage) -> bytes:
    message = SignalMessage.parse(first.message)
    # A repeated first message must be recognised before its one-time prekey is looked for: that is used up.
    known = record.with_base_key(first.base_key)
    session = known or _answer(own, first)
    plaintext = session.decrypt(message)
    record.put(session)
    if known is None and first.prekey_id is not None:
        own.forget_prekey(first.prekey_id)
    return plaintext


def _answer(own: OwnKeys, first: PreKeyMessage) -> Session:
    signed = own.signed_prekey(first.signed_prekey_id)
    if signed is None:
        raise UnknownPreKeyError(f"signed prekey {first.signed_prekey_id}")
    prekey = None
    if first.prekey_id is not None:
        prekey = own.prekey(first.prekey_id)
        if prekey is None:
            raise UnknownPreKeyError(f"one-time prekey {first.prekey_id}")
    try:
        return Session.respond(own.identity, signed, prekey, first)
    except InvalidKeyError as error:
        raise InvalidMessageError(str(error)) from error

"""Wire formats of pairwise messages: SignalMessage and PreKeySignalMessage, version 3.

`33 | protobuf | MAC[:8]`; the MAC covers both identity keys, so a message cannot be replayed between other people.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from sessions_app.sandbox.crypto.curve import InvalidKeyError, raw_public
from sessions_app.sandbox.crypto.kdf import hmac_sha256
from sessions_app.sandbox.crypto.signal import protobuf
from sessions_app.sandbox.crypto.signal.errors import InvalidMessageError

VERSION = b"\x33"
MAC_SIZE = 8


@dataclass(frozen=True, slots=True)
class SignalMessage:
    """One ratchet message; keys are 32 bytes."""

    ratchet_key: bytes
    counter: int
    previous_counter: int
    ciphertext: bytes
    serialized: bytes

    @classmethod
    def build(
        cls, ratchet_key: bytes, counter: int, previous: int, ciphertext: bytes, *, mac_key: bytes, identities: bytes
    ) -> bytes:
        """Serialise and authenticate; `identities` = sender identity | receiver identity, 33 bytes each."""
        body = VERSION + protobuf.write(f1=b"\x05" + ratchet_key, f2=counter, f3=previous, f4=ciphertext)
        return body + hmac_sha256(mac_key, identities, body)[:MAC_SIZE]

    @classmethod
    def parse(cls, data: bytes) -> SignalMessage:
        _check_version(data, MAC_SIZE)
        try:
            fields = protobuf.read(data[1:-MAC_SIZE])
            return cls(
                ratchet_key=raw_public(protobuf.data(fields, 1)),
                counter=protobuf.number(fields, 2, 0),
                previous_counter=protobuf.number(fields, 3, 0),
                ciphertext=protobuf.data(fields, 4),
                serialized=data,
            )
        except (protobuf.ProtobufError, InvalidKeyError) as error:
            raise InvalidMessageError(str(error)) from error

    def authentic(self, mac_key: bytes, identities: bytes) -> bool:
        """Whether the MAC is right."""
        expected = hmac_sha256(mac_key, identities, self.serialized[:-MAC_SIZE])[:MAC_SIZE]
        return hmac.compare_digest(expected, self.serialized[-MAC_SIZE:])


@dataclass(frozen=True, slots=True)
class PreKeyMessage:
    """A first message: what the receiver needs to compute the X3DH secret, around a SignalMessage."""

    registration_id: int
    prekey_id: int | None
    signed_prekey_id: int
    base_key: bytes
    identity: bytes
    message: bytes

    def serialize(self) -> bytes:
        return VERSION + protobuf.write(
            f5=self.registration_id,
            f1=self.prekey_id,
            f6=self.signed_prekey_id,
            f2=b"\x05" + self.base_key,
            f3=b"\x05" + self.identity,
            f4=self.message,
        )

    @classmethod
    def parse(cls, data: bytes) -> PreKeyMessage:
        _check_version(data, 0)
        try:
            fields = protobuf.read(data[1:])
            return cls(
                registration_id=protobuf.number(fields, 5, 0),
                prekey_id=protobuf.number(fields, 1) if 1 in fields else None,
                signed_prekey_id=protobuf.number(fields, 6),
                base_key=raw_public(protobuf.data(fields, 2)),
                identity=raw_public(protobuf.data(fields, 3)),
                message=protobuf.data(fields, 4),
            )
        except (protobuf.ProtobufError, InvalidKeyError) as error:
            raise InvalidMessageError(str(error)) from error


def _check_version(data: bytes, trailer: int) -> None:
    if len(data) < 1 + trailer or data[0] >> 4 != VERSION[0] >> 4:
        raise InvalidMessageError("not a version 3 message")

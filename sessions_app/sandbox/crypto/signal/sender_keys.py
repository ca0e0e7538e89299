"""Sender keys: one chain per (group, sender device), handed to every member over pairwise sessions."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from typing import Any

import msgpack

from sessions_app.sandbox.crypto import cbc
from sessions_app.sandbox.crypto.curve import InvalidKeyError, KeyPair, raw_public, verify
from sessions_app.sandbox.crypto.kdf import hkdf
from sessions_app.sandbox.crypto.signal import protobuf
from sessions_app.sandbox.crypto.signal.chains import Chain, take_seed
from sessions_app.sandbox.crypto.signal.errors import InvalidMessageError, NoSessionError
from sessions_app.sandbox.crypto.signal.messages import VERSION

SIGNATURE_SIZE = 64
MAX_STATES = 5


@dataclass(slots=True)
class SenderKey:
    """One sender key. The owner knows the private signing key, everyone else only the public one."""

    id: int
    chain: Chain
    signing: KeyPair
    skipped: dict[int, bytes] = field(default_factory=dict)

    @classmethod
    def generate(cls) -> SenderKey:
        """A fresh key for sending to one group."""
        return cls(secrets.randbelow(2**31), Chain(os.urandom(32)), KeyPair.generate())

    def distribution(self) -> bytes:
        """SenderKeyDistributionMessage: lets its receiver read every message from here on."""
        return VERSION + protobuf.write(
            f1=self.id, f2=self.chain.index, f3=self.chain.key, f4=self.signing.signal_public
        )

    @classmethod
    def from_distribution(cls, data: bytes) -> SenderKey:
        """The key that someone else handed out."""
        fields = _parse(data)
        try:
            chain = Chain(protobuf.data(fields, 3), protobuf.number(fields, 2, 0))
            return cls(protobuf.number(fields, 1, 0), chain, KeyPair(b"", raw_public(protobuf.data(fields, 4))))
        except (protobuf.ProtobufError, InvalidKeyError) as error:
            raise InvalidMessageError(str(error)) from error

    def encrypt(self, plaintext: bytes) -> bytes:
        """The next SenderKeyMessage: `33 | protobuf | signature`."""
        iv, key = _message_keys(self.chain.seed())
        body = VERSION + protobuf.write(f1=self.id, f2=self.chain.index, f3=cbc.encrypt(key, iv, plaintext))
        self.chain = self.chain.next()
        return body + self.signing.sign(body)

    def decrypt(self, data: bytes) -> bytes:
        """Decrypt a message of this key; any error leaves the key as it was."""
        fields = _parse(data[:-SIGNATURE_SIZE])
        if not verify(self.signing.public, data[:-SIGNATURE_SIZE], data[-SIGNATURE_SIZE:]):
            raise InvalidMessageError("wrong signature")
        try:
            counter, ciphertext = protobuf.number(fields, 2, 0), protobuf.data(fields, 3)
            seed, chain, skipped = take_seed(self.chain, dict(self.skipped), counter)
            iv, key = _message_keys(seed)
            plaintext = cbc.decrypt(key, iv, ciphertext)
        except (protobuf.ProtobufError, cbc.PaddingError) as error:
            raise InvalidMessageError(str(error)) from error
        self.chain, self.skipped = chain, skipped
        return plaintext

    def dump(self) -> list[Any]:
        signing = [self.signing.private, self.signing.public]
        return [self.id, self.chain.key, self.chain.index, signing, self.skipped]

    @classmethod
    def load(cls, data: list[Any]) -> SenderKey:
        return cls(data[0], Chain(data[1], data[2]), KeyPair(*data[3]), data[4])


@dataclass(slots=True)
class SenderKeyRecord:
    """The newest sender key of one device in one group first, older ones behind it."""

    keys: list[SenderKey] = field(default_factory=list)

    def add(self, distribution: bytes) -> None:
        """Take a distribution; senders repeat them, and a repeated one must not rewind the chain."""
        key = SenderKey.from_distribution(distribution)
        for known in self.keys:
            if known.id == key.id and known.signing.public == key.signing.public:
                return
        self.keys = [key, *self.keys][:MAX_STATES]

    def decrypt(self, data: bytes) -> bytes:
        key_id = _parse(data[:-SIGNATURE_SIZE]).get(1, 0)
        candidates = [key for key in self.keys if key.id == key_id]
        if not candidates:
            raise NoSessionError("the device has not given this sender key")
        return candidates[0].decrypt(data)

    def dump(self) -> bytes:
        return msgpack.packb([key.dump() for key in self.keys])

    @classmethod
    def load(cls, data: bytes) -> SenderKeyRecord:
        return cls([SenderKey.load(key) for key in msgpack.unpackb(data, strict_map_key=False)])


def _message_keys(seed: bytes) -> tuple[bytes, bytes]:
    keys = hkdf(seed, 48, info=b"WhisperGroup")
    return keys[:16], keys[16:]


def _parse(data: bytes) -> dict[int, protobuf.Field]:
    if not data or data[0] >> 4 != VERSION[0] >> 4:
        raise InvalidMessageError("not a version 3 message")
    try:
        return protobuf.read(data[1:])
    except protobuf.ProtobufError as error:
        raise InvalidMessageError(str(error)) from error

"""Symmetric-key ratchet (Signal specification "The Double Ratchet Algorithm", sections 2.2 and 5.2)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from sessions_app.sandbox.crypto.kdf import hkdf, hmac_sha256
from sessions_app.sandbox.crypto.signal.errors import DuplicateMessageError, InvalidMessageError

MAX_JUMP = 2000
MAX_SKIPPED = 2000


@dataclass(frozen=True, slots=True)
class MessageKeys:
    """The keys of one message."""

    cipher: bytes
    mac: bytes
    iv: bytes

    @classmethod
    def derive(cls, seed: bytes) -> MessageKeys:
        keys = hkdf(seed, 80, info=b"WhisperMessageKeys")
        return cls(keys[:32], keys[32:64], keys[64:])


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain key and the number of the message that it will give a key to."""

    key: bytes
    index: int = 0

    def seed(self) -> bytes:
        """What the keys of message `index` are derived from."""
        return hmac_sha256(self.key, b"\x01")

    def next(self) -> Chain:
        return Chain(hmac_sha256(self.key, b"\x02"), self.index + 1)


@dataclass(frozen=True, slots=True)
class ReceivingChain:
    """The chain of one ratchet key of the peer, with the seeds of messages that have not arrived yet."""

    ratchet_key: bytes
    chain: Chain
    skipped: dict[int, bytes] = field(default_factory=dict)

    def take(self, counter: int) -> tuple[bytes, ReceivingChain]:
        """The seed of message `counter` and the chain without it. Skipped messages' seeds are kept."""
        seed, chain, skipped = take_seed(self.chain, dict(self.skipped), counter)
        return seed, replace(self, chain=chain, skipped=skipped)

    def dump(self) -> list[Any]:
        return [self.ratchet_key, self.chain.key, self.chain.index, self.skipped]

    @classmethod
    def load(cls, data: list[Any]) -> ReceivingChain:
        return cls(data[0], Chain(data[1], data[2]), data[3])


def take_seed(chain: Chain, skipped: dict[int, bytes], counter: int) -> tuple[bytes, Chain, dict[int, bytes]]:
    """Advance a receiving chain to `counter`; the caller's `skipped` is changed and given back."""
    if counter < chain.index:
        if counter not in skipped:
            raise DuplicateMessageError(f"message {counter} of this chain has been used")
        return skipped.pop(counter), chain, skipped
    if counter - chain.index > MAX_JUMP:
        raise InvalidMessageError("the message is too far in the future")
    while chain.index < counter:
        skipped[chain.index] = chain.seed()
        chain = chain.next()
    for oldest in list(skipped)[: max(0, len(skipped) - MAX_SKIPPED)]:
        del skipped[oldest]
    return chain.seed(), chain.next(), skipped

"""One session with one device: the Double Ratchet (Signal specification "The Double Ratchet Algorithm", section 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sessions_app.sandbox.crypto import cbc
from sessions_app.sandbox.crypto.curve import InvalidKeyError, KeyPair
from sessions_app.sandbox.crypto.kdf import hkdf
from sessions_app.sandbox.crypto.signal import x3dh
from sessions_app.sandbox.crypto.signal.chains import Chain, MessageKeys, ReceivingChain
from sessions_app.sandbox.crypto.signal.errors import InvalidMessageError
from sessions_app.sandbox.crypto.signal.keys import PreKeyBundle
from sessions_app.sandbox.crypto.signal.messages import PreKeyMessage, SignalMessage

MAX_RECEIVING_CHAINS = 5


@dataclass(frozen=True, slots=True)
class Pending:
    """What every message repeats until the peer has answered."""

    prekey_id: int | None
    signed_prekey_id: int


@dataclass(slots=True)
class Session:
    """The state of one side. It changes only when a message has proved to be authentic."""

    local_identity: bytes
    remote_identity: bytes
    base_key: bytes
    root: bytes
    ratchet: KeyPair
    sending: Chain
    previous_counter: int = 0
    receiving: list[ReceivingChain] = field(default_factory=list)
    pending: Pending | None = None

    @classmethod
    def initiate(cls, identity: KeyPair, bundle: PreKeyBundle) -> Session:
        """Open a session with a device from its bundle; `InvalidBundleError` if its signature is wrong."""
        bundle.check()
        base = KeyPair.generate()
        agreement = x3dh.initiate(identity, base, bundle)
        ratchet = KeyPair.generate()
        root, sending = _step(agreement.root, ratchet.agree(bundle.signed_prekey))
        return cls(
            local_identity=identity.public,
            remote_identity=bundle.identity,
            base_key=base.public,
            root=root,
            ratchet=ratchet,
            sending=sending,
            receiving=[ReceivingChain(bundle.signed_prekey, Chain(agreement.chain))],
            pending=Pending(bundle.prekey_id, bundle.signed_prekey_id),
        )

    @classmethod
    def respond(cls, identity: KeyPair, signed: KeyPair, prekey: KeyPair | None, message: PreKeyMessage) -> Session:
        """The session that a first message belongs to."""
        agreement = x3dh.respond(identity, signed, prekey, their_identity=message.identity, their_base=message.base_key)
        return cls(
            local_identity=identity.public,
            remote_identity=message.identity,
            base_key=message.base_key,
            root=agreement.root,
            ratchet=signed,
            sending=Chain(agreement.chain),
        )

    def encrypt(self, plaintext: bytes) -> bytes:
        """The next SignalMessage."""
        keys = MessageKeys.derive(self.sending.seed())
        message = SignalMessage.build(
            self.ratchet.public,
            self.sending.index,
            self.previous_counter,
            cbc.encrypt(keys.cipher, keys.iv, plaintext),
            mac_key=keys.mac,
            identities=_identities(self.local_identity, self.remote_identity),
        )
        self.sending = self.sending.next()
        return message

    def decrypt(self, message: SignalMessage) -> bytes:
        """Decrypt and advance; any error leaves the session as it was."""
        known = next((chain for chain in self.receiving if chain.ratchet_key == message.ratchet_key), None)
        if known is not None:
            plaintext, advanced = self._open(message, known)
            self.receiving[self.receiving.index(known)] = advanced
        else:
            plaintext = self._decrypt_ratcheting(message)
        self.pending = None
        return plaintext

    def _decrypt_ratcheting(self, message: SignalMessage) -> bytes:
        """The Diffie-Hellman ratchet step for a ratchet key that has not been seen."""
        try:
            root, chain = _step(self.root, self.ratchet.agree(message.ratchet_key))
            plaintext, advanced = self._open(message, ReceivingChain(message.ratchet_key, chain))
            ratchet = KeyPair.generate()
            self.root, sending = _step(root, ratchet.agree(message.ratchet_key))
        except InvalidKeyError as error:
            raise InvalidMessageError(str(error)) from error
        self.previous_counter = max(self.sending.index - 1, 0)
        self.ratchet, self.sending = ratchet, sending
        self.receiving = [*self.receiving[-(MAX_RECEIVING_CHAINS - 1) :], advanced]
        return plaintext

    def _open(self, message: SignalMessage, chain: ReceivingChain) -> tuple[bytes, ReceivingChain]:
        seed, advanced = chain.take(message.counter)
        keys = MessageKeys.derive(seed)
        if not message.authentic(keys.mac, _identities(self.remote_identity, self.local_identity)):
            raise InvalidMessageError("wrong MAC")
        try:
            return cbc.decrypt(keys.cipher, keys.iv, message.ciphertext), advanced
        except cbc.PaddingError as error:
            raise InvalidMessageError(str(error)) from error

    def dump(self) -> list[Any]:
        """Plain data for msgpack."""
        pending = self.pending and [self.pending.prekey_id, self.pending.signed_prekey_id]
        return [
            self.local_identity,
            self.remote_identity,
            self.base_key,
            self.root,
            [self.ratchet.private, self.ratchet.public],
            [self.sending.key, self.sending.index],
            self.previous_counter,
            [chain.dump() for chain in self.receiving],
            pending,
        ]

    @classmethod
    def load(cls, data: list[Any]) -> Session:
        local, remote, base, root, ratchet, sending, previous, receiving, pending = data
        return cls(
            local_identity=local,
            remote_identity=remote,
            base_key=base,
            root=root,
            ratchet=KeyPair(*ratchet),
            sending=Chain(*sending),
            previous_counter=previous,
            receiving=[ReceivingChain.load(chain) for chain in receiving],
            pending=Pending(*pending) if pending else None,
        )


def _step(root: bytes, secret: bytes) -> tuple[bytes, Chain]:
    """KDF_RK: a new root key and a new chain."""
    keys = hkdf(secret, 64, info=b"WhisperRatchet", salt=root)
    return keys[:32], Chain(keys[32:])


def _identities(sender: bytes, receiver: bytes) -> bytes:
    return b"\x05" + sender + b"\x05" + receiver

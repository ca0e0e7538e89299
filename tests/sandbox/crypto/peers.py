"""Two devices with Signal keys, for the tests."""

from __future__ import annotations

from dataclasses import dataclass, field

from sessions_app.sandbox.crypto.curve import KeyPair
from sessions_app.sandbox.crypto.signal import cipher
from sessions_app.sandbox.crypto.signal.keys import PreKeyBundle, SignedPreKey
from sessions_app.sandbox.crypto.signal.record import SessionRecord


@dataclass
class Peer:
    """One device and its record for the other one."""

    identity: KeyPair = field(default_factory=KeyPair.generate)
    registration_id: int = 7
    prekeys: dict[int, KeyPair] = field(default_factory=dict)
    record: SessionRecord = field(default_factory=SessionRecord)
    signed: SignedPreKey = field(init=False)

    def __post_init__(self) -> None:
        self.signed = SignedPreKey.generate(1, self.identity)

    def signed_prekey(self, key_id: int) -> KeyPair | None:
        return self.signed.pair if key_id == self.signed.id else None

    def prekey(self, key_id: int) -> KeyPair | None:
        return self.prekeys.get(key_id)

    def forget_prekey(self, key_id: int) -> None:
        del self.prekeys[key_id]

    def bundle(self, prekey_id: int | None = 5) -> PreKeyBundle:
        if prekey_id is not None:
            self.prekeys[prekey_id] = KeyPair.generate()
        return PreKeyBundle(
            self.registration_id,
            self.identity.public,
            self.signed.id,
            self.signed.pair.public,
            self.signed.signature,
            prekey_id,
            self.prekeys[prekey_id].public if prekey_id is not None else None,
        )

    def open(self, bundle: PreKeyBundle) -> None:
        cipher.open_session(self.record, self, bundle)

    def encrypt(self, text: bytes) -> tuple[str, bytes]:
        return cipher.encrypt(self.record, self, text)

    def decrypt(self, message: tuple[str, bytes]) -> bytes:
        return cipher.decrypt(self.record, self, *message)

    def restart(self) -> None:
        """Save and load the sessions."""
        self.record = SessionRecord.load(self.record.dump())


def talking() -> tuple[Peer, Peer]:
    """Two peers with an answered session."""
    alice, bob = Peer(), Peer()
    alice.open(bob.bundle())
    assert bob.decrypt(alice.encrypt(b"hello")) == b"hello"
    assert alice.decrypt(bob.encrypt(b"hello yourself")) == b"hello yourself"
    return alice, bob

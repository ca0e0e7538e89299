"""The phone's own Signal keys, kept in its blobs."""

from __future__ import annotations

import secrets

from sessions_app.sandbox.crypto.curve import KeyPair
from sessions_app.sandbox.crypto.signal.keys import PreKeyBundle, SignedPreKey, new_registration_id
from sessions_app.sandbox.phones.blobs import Blobs, pack, unpack

KEPT_PREKEYS = 1000
"""One-time prekeys that were handed out and never used are forgotten after so many newer ones."""


class OwnKeys:
    """Identity, signed prekey and one-time prekeys of device 0.

    A real phone uploads its one-time prekeys in advance; this one makes each when the server hands it out.
    """

    __slots__ = ("_blobs", "_next_prekey", "_signed_id", "identity", "raw_id", "registration_id")

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        stored = blobs.get("keys")
        if stored is None:
            self.identity = KeyPair.generate()
            self.registration_id = new_registration_id()
            self.raw_id = secrets.randbelow(2**31)
            self._next_prekey = 1
            self._signed_id = 0
            self.rotate_signed_prekey()
        else:
            identity, self.registration_id, self.raw_id, self._next_prekey, self._signed_id = unpack(stored)
            self.identity = KeyPair(*identity)

    def _save(self) -> None:
        identity = (self.identity.private, self.identity.public)
        fields = (identity, self.registration_id, self.raw_id, self._next_prekey, self._signed_id)
        self._blobs.put("keys", pack(fields))

    def rotate_signed_prekey(self) -> None:
        """Hand out a new signed prekey; messages made with older ones can still be read."""
        self._signed_id += 1
        signed = SignedPreKey.generate(self._signed_id, self.identity)
        self._blobs.put(f"signed/{signed.id}", pack((signed.pair.private, signed.pair.public, signed.signature)))
        self._save()

    def bundle(self) -> PreKeyBundle:
        """Public keys for one new session, with a one-time prekey that is used for nothing else."""
        prekey_id, pair = self._next_prekey, KeyPair.generate()
        self._next_prekey += 1
        self._blobs.put(f"prekey/{prekey_id}", pack((pair.private, pair.public)))
        self._blobs.delete(f"prekey/{prekey_id - KEPT_PREKEYS}")
        self._save()
        _, public, signature = unpack(self._blobs.get(f"signed/{self._signed_id}") or b"")
        return PreKeyBundle(
            registration_id=self.registration_id,
            identity=self.identity.public,
            signed_prekey_id=self._signed_id,
            signed_prekey=public,
            signature=signature,
            prekey_id=prekey_id,
            prekey=pair.public,
        )

    def signed_prekey(self, key_id: int) -> KeyPair | None:
        stored = self._blobs.get(f"signed/{key_id}")
        return KeyPair(*unpack(stored)[:2]) if stored else None

    def prekey(self, key_id: int) -> KeyPair | None:
        stored = self._blobs.get(f"prekey/{key_id}")
        return KeyPair(*unpack(stored)) if stored else None

    def forget_prekey(self, key_id: int) -> None:
        self._blobs.delete(f"prekey/{key_id}")

"""The keys that clients are told to trust; they stay the same as long as the state folder does."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from sessions_app.sandbox.crypto.curve import KeyPair
from sessions_app.sandbox.server.storage import Storage
from sessions_app.sandbox.wire.certs import Authority, noise_certificate

SCOPE = "trust"
HOST = "wasim000.invalid"
"""As long as ``web.whatsapp.com``, which it replaces in the client; ``.invalid`` never resolves (RFC 2606)."""


@dataclass(frozen=True)
class Trust:
    """Noise root and static key, and the TLS authority."""

    root: KeyPair
    static: KeyPair
    authority: Authority

    @classmethod
    def load(cls, storage: Storage) -> Trust:
        """The stored keys, or new ones that are stored."""
        stored = dict(storage.scan(SCOPE))
        if stored:
            return cls(
                KeyPair.from_private(stored["noise_root"]),
                KeyPair.from_private(stored["noise_static"]),
                Authority(stored["ca_certificate"], stored["ca_key"]),
            )
        trust = cls(KeyPair.generate(), KeyPair.generate(), Authority.create())
        trust._save(storage)
        return trust

    def _save(self, storage: Storage) -> None:
        storage.put(SCOPE, "noise_root", self.root.private)
        storage.put(SCOPE, "noise_static", self.static.private)
        storage.put(SCOPE, "ca_certificate", self.authority.certificate)
        storage.put(SCOPE, "ca_key", self.authority.key)

    def noise_certificate(self) -> bytes:
        """A fresh chain from the root to the static key."""
        return noise_certificate(self.root, self.static)

    def server_context(self) -> ssl.SSLContext:
        """TLS for the one host of this server."""
        return self.authority.server_context((HOST,))

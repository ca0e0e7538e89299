"""The Noise handshake and the encrypted frames behind it, from the server's side, without I/O.

WhatsApp multi-device protocol, "Noise_XX_25519_AESGCM_SHA256"; the names follow the Noise specification, section 5.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from google.protobuf.message import DecodeError

from sessions_app.sandbox import protos
from sessions_app.sandbox.crypto.curve import InvalidKey, KeyPair

PROTOCOL = b"Noise_XX_25519_AESGCM_SHA256\0\0\0\0"
PROLOGUE = b"WA\x06\x03"
MAX_FRAME = 1 << 24


class HandshakeError(Exception):
    """The client's half of the handshake is not acceptable."""


def _expand(secret: bytes, salt: bytes) -> tuple[bytes, bytes]:
    okm = HKDF(algorithm=hashes.SHA256(), length=64, salt=salt, info=b"").derive(secret)
    return okm[:32], okm[32:]


class SymmetricState:
    """Hash, salt and key of a running handshake."""

    def __init__(self) -> None:
        self._hash = self._salt = self._key = PROTOCOL
        self._counter = 0
        self.mix_hash(PROLOGUE)

    def mix_hash(self, data: bytes) -> None:
        self._hash = hashlib.sha256(self._hash + data).digest()

    def mix_key(self, secret: bytes) -> None:
        self._salt, self._key = _expand(secret, self._salt)
        self._counter = 0

    def _nonce(self) -> bytes:
        nonce = b"\0" * 8 + self._counter.to_bytes(4, "big")
        self._counter += 1
        return nonce

    def seal(self, plaintext: bytes) -> bytes:
        sealed = AESGCM(self._key).encrypt(self._nonce(), plaintext, self._hash)
        self.mix_hash(sealed)
        return sealed

    def open(self, sealed: bytes) -> bytes:
        plaintext = AESGCM(self._key).decrypt(self._nonce(), sealed, self._hash)
        self.mix_hash(sealed)
        return plaintext

    def split(self) -> tuple[bytes, bytes]:
        """The keys of client to server and of server to client."""
        return _expand(b"", self._salt)


class Transport:
    """Frames after the handshake: one AES-GCM key and counter for each direction."""

    def __init__(self, receive_key: bytes, send_key: bytes) -> None:
        self._receive, self._send = AESGCM(receive_key), AESGCM(send_key)
        self._received = self._sent = 0

    def seal(self, plaintext: bytes) -> bytes:
        nonce = b"\0" * 8 + self._sent.to_bytes(4, "big")
        self._sent += 1
        return self._send.encrypt(nonce, plaintext, None)

    def open(self, sealed: bytes) -> bytes:
        nonce = b"\0" * 8 + self._received.to_bytes(4, "big")
        self._received += 1
        return self._receive.decrypt(nonce, sealed, None)


@dataclass(frozen=True, slots=True)
class Finished:
    """What a completed handshake gives: who the client says it is, the key that proves it, the transport."""

    client_static: bytes
    payload: bytes
    transport: Transport


class Responder:
    """The server's half: ``hello()`` answers the first message, ``finish()`` takes the second one."""

    def __init__(self, static: KeyPair, certificate: bytes) -> None:
        self._static, self._certificate = static, certificate
        self._ephemeral = KeyPair.generate()
        self._state = SymmetricState()

    def hello(self, data: bytes) -> bytes:
        """Take the ClientHello, return the ServerHello."""
        theirs = self._parse(data).clientHello.ephemeral
        state, answer = self._state, protos.wa6.HandshakeMessage()
        state.mix_hash(theirs)
        state.mix_hash(self._ephemeral.public)
        try:
            state.mix_key(self._ephemeral.agree(theirs))
            answer.serverHello.static = state.seal(self._static.public)
            state.mix_key(self._static.agree(theirs))
        except InvalidKey as error:
            raise HandshakeError(str(error)) from error
        answer.serverHello.ephemeral = self._ephemeral.public
        answer.serverHello.payload = state.seal(self._certificate)
        return bytes(answer.SerializeToString())

    def finish(self, data: bytes) -> Finished:
        """Take the ClientFinish."""
        message = self._parse(data).clientFinish
        try:
            static = self._state.open(message.static)
            self._state.mix_key(self._ephemeral.agree(static))
            payload = self._state.open(message.payload)
        except (InvalidTag, InvalidKey) as error:
            raise HandshakeError("the client finish does not open") from error
        return Finished(static, payload, Transport(*self._state.split()))

    @staticmethod
    def _parse(data: bytes) -> Any:
        try:
            return protos.wa6.HandshakeMessage.FromString(data)
        except DecodeError as error:
            raise HandshakeError("not a handshake message") from error


class FrameBuffer:
    """Cuts the client's byte stream into frames, ``length (3 bytes) | data``, behind its 4 byte header."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._started = False

    def feed(self, data: bytes) -> list[bytes]:
        """Add received bytes, return the frames that are now complete."""
        self._buffer += data
        if not self._started and not self._take_header():
            return []
        frames = []
        while len(self._buffer) >= 3:
            end = 3 + int.from_bytes(self._buffer[:3], "big")
            if len(self._buffer) < end:
                break
            frames.append(bytes(self._buffer[3:end]))
            del self._buffer[:end]
        return frames

    def _take_header(self) -> bool:
        if len(self._buffer) < len(PROLOGUE):
            return False
        if self._buffer[:2] != PROLOGUE[:2]:
            raise HandshakeError("the stream does not begin with the WhatsApp header")
        del self._buffer[: len(PROLOGUE)]
        self._started = True
        return True


def frame(data: bytes) -> bytes:
    """Put the length in front of a frame."""
    if len(data) >= MAX_FRAME:
        raise ValueError("frame too long")
    return len(data).to_bytes(3, "big") + data

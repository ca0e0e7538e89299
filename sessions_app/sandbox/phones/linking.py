"""Making a device part of the account: by QR code, or by typing the code that the device shows."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass

from sessions_app.sandbox.crypto import adv, paircode
from sessions_app.sandbox.crypto.curve import KeyPair
from sessions_app.sandbox.phones.keys import OwnKeys
from sessions_app.sandbox.wire.node import Node

_COMPANION_PUB = "link_code_pairing_wrapped_companion_ephemeral_pub"
_PRIMARY_PUB = "link_code_pairing_wrapped_primary_ephemeral_pub"
_BUNDLE = "link_code_pairing_wrapped_key_bundle"
_REF = "link_code_pairing_ref"
MAX_PENDING = 20


class LinkError(ValueError):
    """The device cannot be linked."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """What a companion shows: `…#REF,noise key,identity key,ADV secret[,client type]`, keys in base64."""

    ref: str
    identity: bytes
    adv_secret: bytes

    @classmethod
    def parse(cls, text: str) -> QrCode:
        """`LinkError` if the text is no such code."""
        fields = text.strip().rpartition("#")[2].split(",")
        if len(fields) not in {4, 5}:
            raise LinkError("this is not a WhatsApp code")
        try:
            _, identity, secret = (base64.b64decode(field, validate=True) for field in fields[1:4])
        except ValueError as error:
            raise LinkError("this is not a WhatsApp code") from error
        if not fields[0] or len(identity) != 32 or len(secret) != 32:
            raise LinkError("this is not a WhatsApp code")
        return cls(fields[0], identity, secret)


class Linking:
    """Offers under way. They are not saved: a pairing does not survive a restart of either side."""

    __slots__ = ("_answers", "_clock", "_keys", "_offered")

    def __init__(self, keys: OwnKeys, clock: Callable[[], float]) -> None:
        self._keys, self._clock = keys, clock
        self._answers: dict[bytes, paircode.Answer] = {}
        self._offered: dict[int, bytes] = {}

    def offer(self, identity: bytes, secret: bytes, device: int, tamper: adv.Tamper | None) -> bytes:
        """The box for `pair-success`."""
        details = adv.device_details(raw_id=self._keys.raw_id, timestamp=int(self._clock()), key_index=device)
        self._offered[device] = identity
        return adv.offer_device(self._keys.identity, identity, secret, details=details, tamper=tamper).box

    def confirm(self, device: int, device_identity: bytes) -> bytes:
        """Check the device's signature; gives its identity key."""
        identity = self._offered.pop(device, None)
        if identity is None:
            raise LinkError("nothing was offered to this device")
        try:
            adv.check_device(device_identity, account=self._keys.identity.public, device_identity=identity)
        except adv.SignatureError as error:
            raise LinkError(str(error)) from error
        return identity

    def answer_code(self, code: str, hello: Node, ref: bytes) -> Node:
        """`companion_hello` to `primary_hello`. Whether the code is right shows only at the end."""
        code = paircode.normalize_code(code)
        companion = paircode.unwrap_public(code, _data(hello, _COMPANION_PUB))
        answer = paircode.Answer(KeyPair.generate(), companion)
        while len(self._answers) >= MAX_PENDING:
            del self._answers[next(iter(self._answers))]
        self._answers[ref] = answer
        children = [
            Node(_PRIMARY_PUB, content=paircode.wrap_public(code, answer.primary.public)),
            Node("primary_identity_pub", content=self._keys.identity.public),
            Node(_REF, content=ref),
        ]
        return Node("link_code_companion_reg", {"stage": "primary_hello"}, children)

    def finish_code(self, finish: Node) -> QrCode:
        """`companion_finish` to what a QR code would have said."""
        ref, identity = _data(finish, _REF), _data(finish, "companion_identity_public")
        answer = self._answers.pop(ref, None)
        if answer is None:
            raise LinkError("no code was typed for this device")
        secret = paircode.open_bundle(
            answer, _data(finish, _BUNDLE), account=self._keys.identity, companion_identity=identity
        )
        return QrCode(ref.decode(errors="replace"), identity, secret)


def _data(parent: Node, tag: str) -> bytes:
    child = parent.child(tag)
    return child.data() if child else b""

"""Account and device signatures that make a device part of an account (WhatsApp security white paper, "Linking
companion devices"; ADV: account device verification)."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from google.protobuf.message import DecodeError

from sessions_app.sandbox.crypto.curve import KeyPair, verify
from sessions_app.sandbox.crypto.kdf import hmac_sha256
from sessions_app.sandbox.protos import adv

ACCOUNT_SIGNATURE = b"\x06\x00"
DEVICE_SIGNATURE = b"\x06\x01"
KEY_INDEX_SIGNATURE = b"\x06\x02"

Tamper = Literal["hmac", "account_signature"]


class SignatureError(ValueError):
    """A device identity that its account or device did not sign."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A device identity before the device has signed it."""

    details: bytes
    box: bytes


def offer_device(
    account: KeyPair, device_identity: bytes, adv_secret: bytes, *, details: bytes, tamper: Tamper | None = None
) -> Offer:
    """The content of `pair-success/device-identity`: signed by the account, boxed with the secret of the QR code.

    `tamper` makes one signature wrong, to see the device refuse it.
    """
    signature = account.sign(ACCOUNT_SIGNATURE + details + device_identity)
    if tamper == "account_signature":
        signature = _spoil(signature)
    signed = adv.ADVSignedDeviceIdentity(
        details=details, accountSignatureKey=account.public, accountSignature=signature
    ).SerializeToString()
    mac = hmac_sha256(adv_secret, signed)
    if tamper == "hmac":
        mac = _spoil(mac)
    return Offer(details, adv.ADVSignedDeviceIdentityHMAC(details=signed, HMAC=mac).SerializeToString())


def device_details(*, raw_id: int, timestamp: int, key_index: int) -> bytes:
    """ADVDeviceIdentity."""
    serialized: bytes = adv.ADVDeviceIdentity(rawID=raw_id, timestamp=timestamp, keyIndex=key_index).SerializeToString()
    return serialized


def open_offer(box: bytes, adv_secret: bytes) -> bytes:
    """The device's side of an offer: the ADVSignedDeviceIdentity, if the box is from someone who saw the QR code."""
    boxed = adv.ADVSignedDeviceIdentityHMAC.FromString(box)
    if not hmac.compare_digest(hmac_sha256(adv_secret, boxed.details), boxed.HMAC):
        raise SignatureError("wrong HMAC")
    return bytes(boxed.details)


def sign_as_device(device: KeyPair, signed: bytes) -> bytes:
    """The device's answer: its signature added, the account's key left out."""
    identity = adv.ADVSignedDeviceIdentity.FromString(signed)
    message = DEVICE_SIGNATURE + identity.details + device.public + identity.accountSignatureKey
    identity.deviceSignature = device.sign(message)
    identity.ClearField("accountSignatureKey")
    return bytes(identity.SerializeToString())


def check_device(signed: bytes, *, account: bytes, device_identity: bytes) -> bytes:
    """Check both signatures of an ADVSignedDeviceIdentity and give back its details."""
    try:
        identity = adv.ADVSignedDeviceIdentity.FromString(signed)
    except DecodeError as error:
        raise SignatureError("not a device identity") from error
    message = identity.details + device_identity
    if not verify(account, ACCOUNT_SIGNATURE + message, identity.accountSignature):
        raise SignatureError("the account did not sign this device")
    if not verify(device_identity, DEVICE_SIGNATURE + message + account, identity.deviceSignature):
        raise SignatureError("the device did not sign its identity")
    return bytes(identity.details)


def key_index_list(account: KeyPair, *, raw_id: int, timestamp: int, indexes: Sequence[int]) -> bytes:
    """ADVSignedKeyIndexList: which devices of the account are valid (content of `<key-index-list>`)."""
    details = adv.ADVKeyIndexList(
        rawID=raw_id, timestamp=timestamp, currentIndex=max(indexes, default=0), validIndexes=indexes
    ).SerializeToString()
    signature = account.sign(KEY_INDEX_SIGNATURE + details)
    return bytes(adv.ADVSignedKeyIndexList(details=details, accountSignature=signature).SerializeToString())


def _spoil(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]

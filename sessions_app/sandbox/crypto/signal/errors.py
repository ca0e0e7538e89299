"""Why a message could not be decrypted."""

from __future__ import annotations


class DecryptError(Exception):
    """Base of everything that goes wrong with one incoming message."""


class InvalidMessageError(DecryptError):
    """Broken bytes, wrong MAC or wrong signature."""


class DuplicateMessageError(DecryptError):
    """This message has been decrypted before; its key is gone."""


class NoSessionError(DecryptError):
    """There is no session (or sender key) that the message belongs to."""


class UnknownPreKeyError(DecryptError):
    """The message was made with a prekey that this device does not have (any more)."""

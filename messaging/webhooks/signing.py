"""Signatures over a delivery. docs/webhooks.md is the contract, with samples for receivers."""

import hashlib
import hmac
from collections.abc import Sequence

ALGORITHMS = {"256": hashlib.sha256, "512": hashlib.sha512}


def signatures(body: bytes, timestamp: int, secrets: Sequence[bytes]) -> dict[str, str]:
    """The signature headers: HMAC of `<timestamp>.<raw body>`, one value per secret that is valid now."""
    signed = b"%d." % timestamp + body
    return {
        f"X-Webhook-Signature-{bits}": ", ".join(
            f"sha{bits}={hmac.new(secret, signed, algorithm).hexdigest()}" for secret in secrets
        )
        for bits, algorithm in ALGORITHMS.items()
        if secrets
    }

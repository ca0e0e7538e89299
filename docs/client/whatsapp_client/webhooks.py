"""Whether a delivery is the platform's: docs/webhooks.md."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping

from .errors import WrongSignature
from .models import Event

FRESH = 300  # seconds


def verified(secret: str, headers: Mapping[str, str], body: bytes) -> Event:
    """The event of a delivery, or WrongSignature. Header names in any case."""
    given = {name.lower(): value for name, value in headers.items()}
    timestamp = given.get("x-webhook-timestamp", "")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > FRESH:
        raise WrongSignature("the timestamp is missing or too old")
    expected = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    signatures = given.get("x-webhook-signature-256", "").split(", ")
    if not any(hmac.compare_digest(f"sha256={expected}".encode(), each.encode()) for each in signatures):
        raise WrongSignature("the signature is not ours")
    event: Event = json.loads(body)
    return event

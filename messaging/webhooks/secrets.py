"""The keys that deliveries are signed with."""

import secrets as random
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from whatsapp_api.core.crypto import seal_text, unseal_text
from whatsapp_api.core.errors import ApiError, Conflict

from .models import Endpoint, Secret
from .models.endpoint import secret_context

PREFIX = "whsec_"
MOST = 5


def secret_new(endpoint: Endpoint) -> str:
    """Make and store one; the answer is the only time that it is shown."""
    plain = PREFIX + random.token_urlsafe(32)
    secret = Secret(endpoint=endpoint, hint=plain[-4:], created_at=timezone.now())
    secret.sealed = seal_text(plain, context=secret_context(secret))
    secret.save(force_insert=True)
    return plain


def secret_rotate(endpoint: Endpoint, *, overlap_hours: int) -> str:
    """A new secret; the ones before it sign beside it until `overlap_hours` from now, so receivers can follow."""
    valid = secrets_valid(endpoint.secrets.all(), timezone.now())
    if overlap_hours and len(valid) >= MOST:
        raise Conflict("too_many_secrets", f"There are {MOST} valid secrets; remove one, or give overlap_hours 0.")
    end = timezone.now() + timedelta(hours=overlap_hours)
    for old in valid:
        if old.expires_at is None or old.expires_at > end:
            Secret.objects.filter(pk=old.pk).update(expires_at=end)
    plain = secret_new(endpoint)
    _announce(endpoint)
    return plain


def secrets_valid(secrets: Iterable[Secret], now: datetime) -> list[Secret]:
    return [secret for secret in secrets if secret.expires_at is None or secret.expires_at > now]


def secret_open(secret: Secret) -> bytes:
    """The key of the HMAC: the whole text, prefix included."""
    return unseal_text(secret.sealed, context=secret_context(secret)).encode()


def secret_remove(endpoint: Endpoint, secret_id: uuid.UUID) -> None:
    """It signs no more from the next change of a lane on; the last one stays."""
    secret = endpoint.secrets.filter(pk=secret_id).first()
    if secret is None:
        raise ApiError("secret_not_found", "This webhook has no secret with this id.", http_status=404)
    others = [each for each in secrets_valid(endpoint.secrets.all(), timezone.now()) if each.pk != secret.pk]
    if not others:
        raise Conflict("last_secret", "It is the last valid secret; make a new one first.")
    secret.delete()
    _announce(endpoint)


def _announce(endpoint: Endpoint) -> None:
    """Whoever delivers reads the secrets anew."""
    Endpoint.objects.filter(pk=endpoint.pk).update(version=F("version") + 1)

"""From the text of a key to its row and its user: the one look-up for REST and WebSocket."""

from datetime import timedelta

from django.utils import timezone

from whatsapp_api.accounts.authority import authority_grant
from whatsapp_api.accounts.models import User
from whatsapp_api.accounts.security_events import Security, security_event
from whatsapp_api.core.errors import ApiError
from whatsapp_api.core.networks import address_allowed

from .models import ApiKey
from .secret import secret_matches, secret_read

USE_NOTED_EVERY = timedelta(minutes=1)
ADDRESSES_KEPT = 20


def key_user(text: str, address: str) -> tuple[User, ApiKey]:
    """The user that the key acts for, with its authority bound; raises ApiError 401 or 403."""
    secret = secret_read(text)
    key = ApiKey.objects.filter(prefix=secret.prefix).first() if secret else None
    if secret is None or not secret_matches(secret, key.digest if key else None) or key is None or not key.is_live:
        raise ApiError(
            "key_not_valid", "The API key is unknown, revoked or expired; ask for a new one.", http_status=401
        )
    user = User.objects.filter(pk=key.created_by_id, is_active=True).first()
    if user is None:
        raise ApiError("key_not_valid", "The account that this API key acts for is gone.", http_status=401)
    if not address_allowed(address, key.networks):
        text = "This API key was used from an address outside of its networks."
        _tell(Security.ADDRESS_DENIED, key, address, text)
        raise ApiError("address_not_allowed", "This API key may not be used from your address.", http_status=403)
    _note_use(key, address)
    authority_grant(user, key=key, address=address)
    return user, key


def _note_use(key: ApiKey, address: str) -> None:
    """At most one write a minute, so that a busy key costs nothing."""
    now = timezone.now()
    if address in key.addresses and key.last_used_at and now - key.last_used_at < USE_NOTED_EVERY:
        return
    if key.addresses and address not in key.addresses:
        _tell(Security.KEY_NEW_ADDRESS, key, address, "This API key was used from this address for the first time.")
    others = [known for known in key.addresses if known != address]
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=now, addresses=[*others[1 - ADDRESSES_KEPT :], address])


def _tell(kind: Security, key: ApiKey, address: str, text: str) -> None:
    security_event(kind, workspace_ids=[key.workspace_id], subject=str(key), address=address, text=text)

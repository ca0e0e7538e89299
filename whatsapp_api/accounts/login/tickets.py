"""Tickets for WebSockets: a page gets one over REST and shows it in the address, which may hold nothing lasting.

Signed, good for half a minute and for one connection.
"""

import secrets
import uuid

from django.core import signing
from django.core.cache import cache
from redis.exceptions import RedisError

from whatsapp_api.accounts.authority import Authority, authority_grant
from whatsapp_api.accounts.keys.models import ApiKey
from whatsapp_api.accounts.models import User
from whatsapp_api.core.errors import ApiError

SECONDS = 30
SALT = "websocket ticket"


def ticket_make(authority: Authority) -> str:
    """For the caller of a request, with its rights."""
    key = str(authority.key.pk) if authority.key else ""
    said = [str(authority.user.pk), key, secrets.token_hex(8)]
    return signing.dumps(said, salt=SALT)


def ticket_user(text: str, address: str) -> User:
    """Who got it, with the authority bound; raises ApiError 401."""
    try:
        user_id, key_id, nonce = signing.loads(text, salt=SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError) as error:
        raise _refusal("The ticket is malformed or expired; get a new one.") from error
    if not _first_use(nonce):
        raise _refusal("The ticket was used before; get a new one for each connection.")
    user = User.objects.filter(pk=user_id, is_active=True).first()
    key = ApiKey.objects.filter(pk=uuid.UUID(key_id)).first() if key_id else None
    if user is None or (key_id and (key is None or not key.is_live)):
        raise _refusal("The account or the key of this ticket is gone.")
    authority_grant(user, key=key, address=address)
    return user


def _first_use(nonce: str) -> bool:
    try:
        return bool(cache.add(f"ticket:{nonce}", 1, 2 * SECONDS))
    except RedisError:
        return False  # nobody can say; the other ways in work without Redis


def _refusal(message: str) -> ApiError:
    return ApiError("not_authenticated", message, http_status=401)

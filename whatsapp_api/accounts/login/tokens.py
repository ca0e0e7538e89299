"""JSON Web Tokens by simplejwt: signed with a key of their own, and void after a password change.

The claim `stamp` is a piece of the user's session hash, so what ends dashboard logins (a new password, “log out
everywhere”) ends tokens at the next request, without a list of revoked ones.
"""

import hashlib
import hmac
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from rest_framework_simplejwt import tokens
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken

from whatsapp_api.accounts.models import User

STAMP, LOGIN = "stamp", "login"
ALGORITHM = "HS256"


def signing_key(secret: str) -> str:
    """Apart from the key of cookies, though made from the same secret."""
    return hmac.new(secret.encode(), b"json web tokens", hashlib.sha256).hexdigest()


class RotatingBackend:
    """Signs with SECRET_KEY; what was signed with one of SECRET_KEY_FALLBACKS still counts until it expires."""

    def encode(self, payload: dict[str, Any]) -> str:
        return _backend(settings.SECRET_KEY).encode(payload)

    def get_leeway(self) -> timedelta:
        return _backend(settings.SECRET_KEY).get_leeway()

    def decode(self, token: Any, verify: bool = True) -> Any:
        *fallbacks, last = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        for secret in fallbacks:
            try:
                return _backend(secret).decode(token, verify)
            except TokenBackendExpiredToken:
                raise
            except TokenBackendError:
                continue
        return _backend(last).decode(token, verify)


def _backend(secret: str) -> TokenBackend:
    return TokenBackend(ALGORITHM, signing_key(secret))


class _Signed:
    """Mixed into each class of tokens."""

    _token_backend: Any = RotatingBackend()

    def get_token_backend(self) -> Any:
        return self._token_backend


class AccessToken(_Signed, tokens.AccessToken):
    """Opens the API for JWT_ACCESS_MINUTES."""

    @classmethod
    def for_user(cls, user: Any) -> "AccessToken":
        token: AccessToken = super().for_user(user)
        token[STAMP] = stamp(user)
        return token


class RefreshToken(_Signed, tokens.RefreshToken):
    """Renews an access token, once."""

    access_token_class = AccessToken

    @classmethod
    def for_user(cls, user: Any) -> "RefreshToken":
        token: Any = super().for_user(user)
        token[STAMP] = stamp(user)
        return cast("RefreshToken", token)


class AnyToken(_Signed, tokens.UntypedToken):
    """To check one of either kind."""


def stamp(user: User) -> str:
    """Changes with the password and with “log out everywhere”."""
    return user.get_session_auth_hash()[:24]


def stamp_holds(user: User, given: Any) -> bool:
    """Also under a secret key that was replaced meanwhile."""
    known = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(hmac.compare_digest(str(given), hash_[:24]) for hash_ in known)

"""Who opens a WebSocket: a program with a token, or a person of the dashboard with a cookie."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http.cookie import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils.http import is_same_domain
from rest_framework.exceptions import APIException
from rest_framework_simplejwt.authentication import JWTAuthentication

from whatsapp_api.accounts.models import User
from whatsapp_api.accounts.selectors import workspace_ids
from whatsapp_api.core.errors import ApiError

PROTOCOL = "bearer"
Scope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """`user` looks the account up again: None once it may not be here any more."""

    user: Callable[[], User | None]
    expires_at: float | None = None

    def workspaces(self) -> list[uuid.UUID]:
        """The caller's workspaces now; raises when the account or the login is gone."""
        user = self.user()
        if user is None or not user.is_active:
            raise _refusal("The account or the login is gone; log in again.")
        return workspace_ids(user)


def caller(scope: Scope) -> Caller:
    """Authenticate a handshake; raises ApiError with status 401 or 403."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if token := _token(headers, scope.get("subprotocols") or []):
        return _program(token)
    return _person(headers)


def _token(headers: Mapping[str, str], protocols: list[str]) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != PROTOCOL or not token.strip():
            raise _refusal("The header must read `Authorization: Bearer <access token>`.")
        return token.strip()
    if protocols and protocols[0] == PROTOCOL:
        if len(protocols) != 2:
            raise _refusal('Offer exactly two subprotocols: "bearer" and the access token.')
        return protocols[1]
    return ""


def _program(token: str) -> Caller:
    tokens = JWTAuthentication()
    try:
        valid = tokens.get_validated_token(token.encode())
        tokens.get_user(valid)
    except APIException as error:
        raise _refusal("The token is malformed, expired or of an account that is gone; get a new one.") from error

    def user() -> User | None:
        try:
            return cast("User", tokens.get_user(valid))
        except APIException:
            return None

    return Caller(user, expires_at=float(valid["exp"]))


def _person(headers: Mapping[str, str]) -> Caller:
    key = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    if not key:
        raise _refusal(
            "Send the header `Authorization: Bearer <access token>`, or from a browser the subprotocols "
            '["bearer", "<access token>"].'
        )
    if not _origin_is_ours(headers.get("origin", ""), headers.get("host", "")):
        raise ApiError(
            "foreign_origin", "Cookies count on this platform's own pages only; use a token.", http_status=403
        )

    def user() -> User | None:
        found = get_user(cast("Any", SimpleNamespace(session=SessionStore(key))))
        return found if isinstance(found, User) else None

    if user() is None:
        raise _refusal("The login has ended; log in again.")
    return Caller(user)


def _origin_is_ours(origin: str, host: str) -> bool:
    """As Django checks a form: the page comes from the host it talks to, or from a trusted origin."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    if not parts.netloc:
        return False
    if parts.netloc == host and validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return True
    for trusted in map(urlsplit, settings.CSRF_TRUSTED_ORIGINS):
        if trusted.scheme == parts.scheme and is_same_domain(parts.netloc, trusted.netloc.lstrip("*")):
            return True
    return False


def _refusal(message: str) -> ApiError:
    return ApiError("not_authenticated", message, http_status=401)

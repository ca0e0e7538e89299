"""Who opens a WebSocket: a program with a token, or a person of the dashboard with a cookie."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http.cookie import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils.http import is_same_domain
from rest_framework.exceptions import APIException

from whatsapp_api.accounts.api.authentication import TokenAuthentication
from whatsapp_api.accounts.authority import Authority, authority_grant
from whatsapp_api.accounts.keys.authentication import key_user
from whatsapp_api.accounts.keys.models import ApiKey
from whatsapp_api.accounts.keys.secret import MARK
from whatsapp_api.accounts.login.middleware import page_owed
from whatsapp_api.accounts.login.tickets import ticket_user
from whatsapp_api.accounts.login.tokens import stamp
from whatsapp_api.accounts.models import User
from whatsapp_api.accounts.scopes import Scope as Right
from whatsapp_api.core.errors import ApiError

from .subscriptions import Subscription

PROTOCOL = "bearer"
Scope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """`user` looks the account up again: None once it may not be here any more."""

    user: Callable[[], User | None]
    expires_at: float | None = None
    address: str = ""

    def hearing(self) -> "Hearing":
        """What the caller may hear now; raises when the account, the login or the key is gone."""
        user = self.user()
        if user is None or not user.is_active:
            raise _refusal("The account or the login is gone; log in again.")
        return hearing(getattr(user, "authority", None) or authority_grant(user, address=self.address))


@dataclass(frozen=True, slots=True)
class Hearing:
    """Whose events a caller may hear, which sessions of them (None: all), and where also the pairing secrets."""

    workspaces: tuple[uuid.UUID, ...]
    sessions: frozenset[uuid.UUID] | None
    pairing_in: frozenset[uuid.UUID]
    user_id: uuid.UUID
    security: bool  # also of failed logins and the like, everywhere

    def restrict(self, asked: Subscription) -> Subscription:
        """What was asked for, as far as this caller may hear it."""
        return asked.within(self.sessions, self.pairing_in, security=self.security)


def hearing(authority: Authority) -> Hearing:
    """The part of an authority that matters to events."""
    own, administered = authority.workspaces(Right.READ), authority.workspaces(Right.ADMIN)
    pairing_in = frozenset(authority.workspaces(Right.CONTROL))
    security = set(own) <= set(administered)
    return Hearing(tuple(own), authority.sessions, pairing_in, cast("User", authority.user).pk, security=security)


def caller(scope: Scope) -> Caller:
    """Authenticate a handshake; raises ApiError with status 401 or 403."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    token = headers.get("x-api-key", "").strip() or _token(headers, scope.get("subprotocols") or [])
    address = str((scope.get("client") or ("",))[0])
    if ticket := _ticket(scope):
        return _ticketed(ticket, address)
    if token.startswith(MARK) or "x-api-key" in headers:
        return _key(token, address)
    found = _program(token) if token else _person(headers)
    return replace(found, address=address)


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
    tokens = TokenAuthentication()
    try:
        valid = tokens.get_validated_token(token.encode())
        tokens.get_user(valid)
    except APIException as error:
        raise _refusal("The token is malformed, expired or of an account that is gone; get a new one.") from error

    def user() -> User | None:
        try:
            found: User = tokens.get_user(valid)
            return found
        except APIException:
            return None

    return Caller(user, expires_at=float(valid["exp"]))


def _key(text: str, address: str) -> Caller:
    key_user(text, address)

    def user() -> User | None:
        try:
            return key_user(text, address)[0]
        except ApiError:
            return None

    return Caller(user)


def _ticket(scope: Scope) -> str:
    values = parse_qs(scope["query_string"].decode("latin-1")).get("ticket", [])
    return values[-1] if values else ""


def _ticketed(text: str, address: str) -> Caller:
    """The ticket is used up now; later looks ask for the account and the key behind it."""
    first = ticket_user(text, address)
    key = first.authority.key

    def user() -> User | None:
        found = User.objects.filter(pk=first.pk, is_active=True).first()
        fresh = ApiKey.objects.filter(pk=key.pk).first() if key else None
        if found is None or (key and not (fresh and fresh.is_live)):
            return None
        authority_grant(found, key=fresh, address=address)
        return found if stamp(found) == stamp(first) else None

    return Caller(user, address=address)


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
        session = SessionStore(key)
        found = get_user(cast("Any", SimpleNamespace(session=session)))
        owed = isinstance(found, User) and page_owed(cast("Any", SimpleNamespace(session=session, user=found)))
        return found if isinstance(found, User) and not owed else None

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

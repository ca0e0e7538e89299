"""The one place where a request is allowed or refused. Every view passes here, by default.

A view declares what it needs: `scope = Scope.SEND` for whatever changes something, or a mapping by method
(`scope = {"GET": Scope.CONTROL, "POST": Scope.CONTROL}`). Reading needs `read` unless the mapping says more. A view
that declares nothing changes nothing: it needs `admin`, and tests/security/test_scopes_declared.py fails.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from whatsapp_api.accounts.authority import Authority, authority_grant
from whatsapp_api.accounts.models import User
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.accounts.security_events import Security, security_event
from whatsapp_api.core.errors import ApiError

from .access import role_too_low


def scope_needed(view: Any, method: str) -> Scope:
    """What a method of a view needs; a method that it does not have needs no more than its 405 does."""
    if not hasattr(view, method.lower()):
        return Scope.READ
    declared: Scope | Mapping[str, Scope] | None = getattr(view, "scope", None)
    if isinstance(declared, Mapping):
        declared = declared.get(method)
    elif method in SAFE_METHODS:
        declared = Scope.READ
    return declared or (Scope.READ if method in SAFE_METHODS else Scope.ADMIN)


class ScopePermission(BasePermission):
    """The caller holds the scope somewhere; selectors then show rows of just those workspaces."""

    scope_needed = staticmethod(scope_needed)  # for the OpenAPI description

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        if not user.is_authenticated:
            return False
        assert isinstance(user, User)
        address = str(request.META.get("REMOTE_ADDR", ""))
        authority = getattr(user, "authority", None) or authority_grant(user, address=address)
        authority.needed = scope_needed(view, str(request.method))
        try:
            _require_key(authority, view)
            _require_role(authority)
        except ApiError as error:
            _tell(authority, error, address)
            raise
        return True


class OwnAccount(BasePermission):
    """People about their own account; it needs no scope. API keys only where the view `allows_keys`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        if not isinstance(user, User) or not user.is_authenticated:
            return False
        authority = getattr(user, "authority", None) or authority_grant(user)
        return authority.key is None or bool(getattr(view, "allows_keys", False))


def _require_role(authority: Authority) -> None:
    if authority.memberships and not authority.workspaces():
        raise role_too_low(authority.needed) if authority.roles else _address_not_allowed()


def _tell(authority: Authority, error: ApiError, address: str) -> None:
    kind = Security.ADDRESS_DENIED if error.code == "address_not_allowed" else Security.SCOPE_DENIED
    subject = str(authority.key or authority.user)
    workspaces = sorted(authority.memberships)
    security_event(kind, workspace_ids=workspaces, subject=subject, address=address, text=error.message)


def _address_not_allowed() -> ApiError:
    text = "Your workspace may not be used from your address; its owner keeps the list of addresses."
    return ApiError("address_not_allowed", text, http_status=403)


def _require_key(authority: Authority, view: Any) -> None:
    """What a key is bound to, beyond the role of who made it."""
    key = authority.key
    if key is None:
        return
    if authority.needed not in key.scope_set:
        held = ", ".join(sorted(key.scope_set)) or "none"
        raise ApiError(
            "scope_missing",
            f"This API key lacks the scope `{authority.needed}`; it has: {held}.",
            http_status=403,
        )
    if authority.sessions and not _honours_bound_keys(view, authority.sessions):
        raise ApiError(
            "key_bound", "This API key is bound to some sessions and may not do this for the rest.", http_status=403
        )


def _honours_bound_keys(view: Any, sessions: frozenset[uuid.UUID]) -> bool:
    """Addresses below one of the key's sessions, and views that say that they filter by themselves."""
    if getattr(view, "filters_bound_sessions", False):
        return True
    return "session_id" in view.kwargs  # a foreign one is a 404 there, like any session that the caller cannot see

"""Every address of the API says what it needs, so that none is open by oversight."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from messaging.api.media import TokenOrSignature
from whatsapp_api.accounts.api.permissions import OwnAccount, ScopePermission
from whatsapp_api.accounts.scopes import Scope

UNSAFE = ("post", "put", "patch", "delete")
# Who calls these has no credentials yet.
PUBLIC = {
    "TokenObtain",
    "TokenRefresh",
    "TokenVerify",
    "Logout",
    "Invitation",
    "SpectacularJSONAPIView",
    "SpectacularSwaggerSplitView",
    "SpectacularRedocView",
}

# These also take a signed link in the place of a caller (tests/media/test_serving.py).
SIGNED = {"MediaContent", "MediaThumbnail"}


def views(patterns: list[Any] | None = None) -> Iterator[type[Any]]:
    """The class of every DRF view that an address leads to."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and hasattr(pattern.callback, "cls"):
            yield pattern.callback.cls


def test_every_view_passes_the_one_check_or_is_known_to_be_public() -> None:
    found = set(views())
    assert len(found) > 10
    for view in found:
        if view.__name__ in PUBLIC:
            continue
        known = ([TokenOrSignature],) if view.__name__ in SIGNED else ([ScopePermission], [OwnAccount])
        assert list(view.permission_classes) in known, f"{view.__name__} has permissions of its own"


def test_every_view_that_changes_something_declares_its_scope() -> None:
    for view in set(views()):
        methods = [method for method in UNSAFE if hasattr(view, method)]
        if view.__name__ in PUBLIC or OwnAccount in view.permission_classes or not methods:
            continue
        declared = getattr(view, "scope", None)
        assert declared is not None, f"{view.__name__} must declare `scope` (whatsapp_api/accounts/api/permissions.py)"
        if isinstance(declared, Mapping):
            missing = [method for method in methods if method.upper() not in declared]
            assert not missing, f"{view.__name__} declares no scope for {missing}"
        values = declared.values() if isinstance(declared, Mapping) else [declared]
        assert all(isinstance(value, Scope) for value in values), view.__name__
        assert Scope.READ not in [declared] or not methods, f"{view.__name__}: `read` changes nothing"

"""Every address and method of the platform, from the URL map itself, filled in with the rows of one workspace."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from tests.security.rows import World
from whatsapp_api.accounts.api.permissions import OwnAccount, ScopePermission, scope_needed
from whatsapp_api.accounts.scopes import Scope

METHODS = ("get", "post", "put", "patch", "delete")
# Parameters that are no ids.
WORDS = {"app_label": "sessions_app", "url": "x", "path": "x", "format": ".json"}


@dataclass(frozen=True)
class Address:
    path: str
    name: str
    methods: tuple[str, ...]
    names_a_row: bool  # of the world that filled it in
    is_admin: bool
    is_public: bool = False
    is_own_account: bool = False
    reads: tuple[str, ...] = ()  # methods that change nothing, such as POST of a preview


@dataclass(frozen=True)
class Route:
    pattern: str
    callback: Any
    name: str
    converters: dict[str, Any]


def routes(patterns: list[Any] | None = None, prefix: str = "", converters: Any = None) -> Iterator[Route]:
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        text = prefix + str(pattern.pattern)
        known = {**(converters or {}), **pattern.pattern.converters}
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, text, known)
        elif isinstance(pattern, URLPattern) and hasattr(pattern.pattern, "_route"):
            yield Route(text, pattern.callback, pattern.name or "", known)


def addresses(world: World) -> list[Address]:
    """All of them; fails for a parameter that nobody knows how to fill in."""
    return [_address(route, world) for route in routes() if not route.pattern.startswith("static")]


def _address(route: Route, world: World) -> Address:
    path, filled = "/" + route.pattern, False
    for name, converter in route.converters.items():
        value = _value(route, name, world)
        filled = filled or name not in WORDS
        for kind in ("", "uuid:", "str:", "int:", "path:", "slug:"):
            path = path.replace(f"<{kind}{name}>", str(value))
        assert f":{name}>" not in path, f"{route.pattern}: unknown converter {converter}"
    view = getattr(route.callback, "cls", None)
    methods = tuple(m for m in METHODS if hasattr(view, m)) if view else ("get", "post")
    is_public = view is not None and not {ScopePermission, OwnAccount} & set(view.permission_classes)
    is_own = view is not None and OwnAccount in view.permission_classes
    return Address(
        path, route.name, methods, filled, route.pattern.startswith("admin/"), is_public, is_own, _reads(view, methods)
    )


def _reads(view: Any, methods: tuple[str, ...]) -> tuple[str, ...]:
    if view is None:
        return ()
    return tuple(method for method in methods if scope_needed(view, method.upper()) == Scope.READ)


def _value(route: Route, name: str, world: World) -> Any:
    if name in WORDS:
        return WORDS[name]
    if name == "session_id":
        return world.session.pk
    if name == "workspace_id":
        return world.workspace.pk
    model = _admin_model(route) if name in {"object_id", "id"} else _model_named(name)
    if model is not None:
        return world.row(model).pk
    if "session_id" in route.converters or route.pattern.startswith("admin/"):
        return 1 if route.converters[name].__class__.__name__ == "IntConverter" else world.session.pk
    if any(other != name and _known(other) for other in route.converters):
        return world.session.pk  # below a foreign row, which must be refused before this one is looked for
    raise AssertionError(f"{route.pattern}: tests/security/addresses.py does not know a row for {name!r}")


def _admin_model(route: Route) -> type[models.Model] | None:
    for model in admin.site._registry:
        if route.name.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
            return model
    return None


NAMED = {"webhook_id": "endpoint", "key_id": "apikey"}


def _known(parameter: str) -> bool:
    return parameter in {"session_id", "workspace_id"} or _model_named(parameter) is not None


def _model_named(parameter: str) -> type[models.Model] | None:
    """`message_id` is of the model Message."""
    wanted = NAMED.get(parameter, parameter.removesuffix("_id").replace("_", ""))
    found = [model for model in apps.get_models() if model._meta.model_name == wanted]
    return found[0] if found else None

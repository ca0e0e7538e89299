"""The sidebar."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from whatsapp_api.accounts.admin_access import workspaces_with
from whatsapp_api.accounts.scopes import Scope

Item = dict[str, Any]


def sidebar(request: HttpRequest) -> list[Item]:
    """What everybody works with; what only administrators change; where developers read on."""
    groups: list[Item] = [{"items": [*_work(), *_programs(request)]}]
    if getattr(request.user, "is_superuser", False):
        groups.append({"title": "Administration", "separator": True, "items": _administration()})
    groups.append({"title": "Developers", "separator": True, "items": _documents()})
    return groups


def _work() -> list[Item]:
    return [
        # The index is a prefix of every address, so it is active only as itself.
        _item("Overview", "dashboard", "admin:index") | {"active": _is_index},
        _item("Sessions", "smartphone", "admin:sessions_app_session_changelist"),
        _item("Messages", "chat", "admin:messaging_message_changelist"),
        _item("Broadcasts", "campaign", "admin:broadcasts_broadcast_changelist"),
        _item("Audience", "groups", "admin:audience_addressee_changelist"),
        _item("Templates", "draft", "admin:messaging_template_changelist"),
        _item("Events", "bolt", "admin:events_event_changelist"),
    ]


def _programs(request: HttpRequest) -> list[Item]:
    """How programs get in and what is sent to them."""
    items = []
    if workspaces_with(request, Scope.WEBHOOKS):
        items.append(_item("Webhooks", "webhook", "admin:webhooks_endpoint_changelist"))
    if workspaces_with(request, Scope.ADMIN):
        items.append(_item("API keys", "key", "admin:keys"))
    return items


def _administration() -> list[Item]:
    return [
        _item("Users", "person", "admin:accounts_user_changelist"),
        _item("Workspaces", "workspaces", "admin:accounts_workspace_changelist"),
        _item("Audit trail", "history", "admin:accounts_auditentry_changelist"),
        _item("Clean-up", "mop", "admin:upkeep"),
        _item("Last errors", "error", "admin:errors"),
    ]


def _documents() -> list[Item]:
    return [_item("API reference", "api", "docs"), _item("API on one page", "menu_book", "redoc")]


def _item(title: str, icon: str, name: str) -> Item:
    return {"title": title, "icon": icon, "link": reverse(name)}


_is_index: Callable[[HttpRequest], bool] = lambda request: request.path == reverse("admin:index")  # noqa: E731

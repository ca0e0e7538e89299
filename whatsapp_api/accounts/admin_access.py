"""Dashboard access by workspace: what every model admin of workspace data is built on."""

import uuid
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from .authority import Authority
from .models import User, Workspace
from .scopes import Scope


def visible_workspaces(request: HttpRequest) -> list[uuid.UUID]:
    """The workspaces of whoever asks."""
    return workspaces_with(request, Scope.READ)


def writable_workspaces(request: HttpRequest) -> list[uuid.UUID]:
    """Where this user may send, start and stop; viewers look on. The REST API asks the same of every call."""
    return workspaces_with(request, Scope.CONTROL)


def workspaces_with(request: HttpRequest, scope: Scope) -> list[uuid.UUID]:
    """Where this user holds `scope`; roles are looked up once a request, since one page asks many times."""
    if not isinstance(request.user, User):
        return []
    authority = getattr(request, "authority", None)
    if authority is None:
        address = str(request.META.get("REMOTE_ADDR", ""))
        authority = request.authority = Authority(request.user, address=address)  # type: ignore[attr-defined]
    found: list[uuid.UUID] = authority.workspaces(scope)
    return found


def workspaces_offered(request: HttpRequest, scope: Scope) -> QuerySet[Workspace]:
    """To choose from. The oldest comes first: it is what REST means, too, when none is named."""
    return Workspace.objects.filter(pk__in=workspaces_with(request, scope)).order_by("pk")


def may_enter(request: HttpRequest) -> bool:
    """Dashboard users with at least one workspace; a superuser also before the first one exists."""
    user = request.user
    staff = bool(user.is_active and getattr(user, "is_staff", False))
    return staff and (bool(getattr(user, "is_superuser", False)) or bool(visible_workspaces(request)))


class ScopedAdmin(ModelAdmin):
    """Read-only rows of the user's own workspaces. Membership decides, not Django's model permissions."""

    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request)
        return queryset.filter(workspace_id__in=visible_workspaces(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_enter(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_enter(request) and (obj is None or getattr(obj, "workspace_id", None) in visible_workspaces(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

"""Dashboard access by workspace: what every model admin of workspace data is built on."""

import uuid
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from .models import Membership, Role, User
from .selectors import workspace_ids


def visible_workspaces(request: HttpRequest) -> list[uuid.UUID]:
    """The workspaces of whoever asks, looked up once a request: one page asks for permissions many times."""
    found: list[uuid.UUID] | None = getattr(request, "visible_workspaces", None)
    if found is None:
        found = workspace_ids(request.user) if isinstance(request.user, User) else []
        request.visible_workspaces = found  # type: ignore[attr-defined]
    return found


def writable_workspaces(request: HttpRequest) -> list[uuid.UUID]:
    """Where this user may act; viewers look on. The REST API asks the same of every call."""
    user = request.user
    if not isinstance(user, User) or user.is_superuser:
        return visible_workspaces(request)
    mine = Membership.objects.filter(user=user).exclude(role=Role.VIEWER).values_list("workspace_id", flat=True)
    return sorted(set(mine) & set(visible_workspaces(request)))


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

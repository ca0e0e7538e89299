"""Broadcasts in the dashboard. The pages are in admin_pages.py; what they do goes through the REST API."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path

from whatsapp_api.accounts.admin_access import ScopedAdmin, workspaces_with
from whatsapp_api.accounts.scopes import Scope

from . import admin_pages
from .models import Broadcast


@admin.register(Broadcast)
class BroadcastAdmin(ScopedAdmin):
    """Who may look on sees them all; changing them needs the scope of sending."""

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(deleted_at=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(workspaces_with(request, Scope.SEND))

    def get_urls(self) -> list[Any]:
        own = path("calendar/", self.admin_site.admin_view(self.calendar_view), name="broadcasts_broadcast_calendar")
        return [own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return admin_pages.broadcast_list(self, request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return admin_pages.broadcast_add(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return admin_pages.broadcast_page(self, request, object_id)

    def calendar_view(self, request: HttpRequest) -> HttpResponse:
        return admin_pages.broadcast_calendar(self, request)

"""The audience in the dashboard: one page with tabs, which talks to the REST API."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import get_script_prefix, reverse

from whatsapp_api.accounts.admin_access import ScopedAdmin, workspaces_offered, workspaces_with
from whatsapp_api.accounts.scopes import Scope

from .models import Addressee

# What a column of a table can be, besides an attribute.
TARGETS = (
    ("phone", "Phone number"),
    ("name", "Name"),
    ("tags", "Tags"),
    ("time_zone", "Time zone"),
    ("ignore", "Leave out"),
)


@admin.register(Addressee)
class AddresseeAdmin(ScopedAdmin):
    """Who may look on sees it all; changing needs the scope of sending."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        mine = workspaces_with(request, Scope.SEND)
        workspaces = workspaces_offered(request, Scope.SEND)
        context = {
            **self.admin_site.each_context(request),
            "title": "Audience",
            "opts": self.opts,
            "may_act": bool(mine),
            "workspaces": workspaces,
            "page_data": {
                "api": f"{get_script_prefix()}api/v1/audience",
                "media": f"{get_script_prefix()}api/v1/media",
                "may_act": bool(mine),
                "targets": TARGETS,
            },
        }
        return TemplateResponse(request, "dashboard/audience.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A contact has no page of its own."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:audience_addressee_changelist"))

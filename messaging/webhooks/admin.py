"""Webhooks in the dashboard: the list, and a page of its own for each. Both talk to the REST API for what they do."""

import uuid
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import display

from sessions_app.models import Session
from whatsapp_api.accounts.admin_access import ScopedAdmin, workspaces_with
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.events.models import LIVE_ONLY, EventType

from .figures_shown import figures_shown
from .models import DeliveryState, Endpoint
from .payloads import health

LOOKS = {
    "ok": {"label": "OK", "icon": "check_circle", "tone": "success"},
    "failing": {"label": "Failing", "icon": "warning", "tone": "warning"},
    "down": {"label": "Receiver is down", "icon": "error", "tone": "danger"},
    "disabled": {"label": "Disabled", "icon": "pause_circle", "tone": "neutral"},
}
SESSIONS_LISTED = 200


@admin.register(Endpoint)
class EndpointAdmin(ScopedAdmin):
    """For those who may see what is delivered where."""

    list_display = ("title", "health_badge", "figures", "order", "last_success")
    list_filter = ("enabled", "order")
    search_fields = ("name", "url")
    search_help_text = "Search by name or address"
    change_list_template = "dashboard/webhook_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Endpoint]:
        rows: QuerySet[Endpoint] = super().get_queryset(request)
        return rows.filter(deleted_at=None, workspace_id__in=workspaces_with(request, Scope.WEBHOOKS))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(workspaces_with(request, Scope.WEBHOOKS)) and super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        mine = Session.objects.filter(deleted_at=None, workspace_id__in=workspaces_with(request, Scope.WEBHOOKS))
        data = {"api": f"{get_script_prefix()}api/v1/webhooks", "page": reverse("admin:webhooks_endpoint_changelist")}
        context = self._chrome(request, "Add a webhook") | {"sessions": mine[:SESSIONS_LISTED], "page_data": data}
        return TemplateResponse(request, "dashboard/webhook_add.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        endpoint = self._visible(request, object_id)
        state = health(endpoint)
        context = self._chrome(request, str(endpoint)) | {
            "original": endpoint,
            "endpoint": endpoint,
            "look": LOOKS[state],
            "state": state,
            "figures": figures_shown(endpoint),
            "states": DeliveryState.values,
            "types": [kind for kind in EventType.values if kind not in LIVE_ONLY],
            "page_data": {
                "api": f"{get_script_prefix()}api/v1/webhooks/{endpoint.pk}",
                "list": reverse("admin:webhooks_endpoint_changelist"),
            },
        }
        return TemplateResponse(request, "dashboard/webhook.html", context)

    # ---- cells of the list ----
    @display(description="Webhook", ordering="name")
    def title(self, endpoint: Endpoint) -> SafeString:
        return _cell("webhook", endpoint=endpoint)

    @display(description="State")
    def health_badge(self, endpoint: Endpoint) -> SafeString:
        state = health(endpoint)
        html = render_to_string("dashboard/state_badge.html", {"look": LOOKS[state], "state": state})
        return mark_safe(html)  # noqa: S308 (a rendered template)

    @display(description="Last 24 hours")
    def figures(self, endpoint: Endpoint) -> SafeString:
        return _cell("webhook_figures", figures=figures_shown(endpoint))

    @display(description="Last success", ordering="last_success_at")
    def last_success(self, endpoint: Endpoint) -> SafeString:
        return _cell("time", moment=endpoint.last_success_at)

    def _visible(self, request: HttpRequest, object_id: str) -> Endpoint:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            endpoint = self.get_queryset(request).filter(pk=uuid.UUID(object_id)).first()
        except ValueError:
            endpoint = None
        if endpoint is None:
            raise Http404("There is no such webhook.")
        return endpoint

    def _chrome(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts}


def _cell(name: str, **context: object) -> SafeString:
    return mark_safe(render_to_string(f"dashboard/cells/{name}.html", context))  # noqa: S308 (a rendered template)

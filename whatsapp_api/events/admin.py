"""The event log in the dashboard: what the platform told its clients, and when."""

import json

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from whatsapp_api.accounts.admin_access import ScopedAdmin, visible_workspaces, workspaces_with
from whatsapp_api.accounts.scopes import Scope

from .models import LIVE_ONLY, Event, EventType
from .subscriptions import SECURITY


class TypeFilter(SimpleListFilter):
    title = "type"
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(kind.value, kind.value) for kind in EventType if kind not in LIVE_ONLY]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(type=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(ScopedAdmin):
    # Counting millions of rows would take longer than showing the newest.
    paginator = InfinitePaginator
    show_full_result_count = False
    sortable_by = ()
    list_display = ("sequence", "when", "kind", "summary")
    list_filter = (TypeFilter,)
    change_list_template = "dashboard/event_list.html"
    ordering = ("-id",)
    fields = ("sequence", "type", "session_id", "created_at", "payload_json")
    readonly_fields = ("payload_json",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        rows: QuerySet[Event] = super().get_queryset(request)
        if set(visible_workspaces(request)) <= set(workspaces_with(request, Scope.ADMIN)):
            return rows
        return rows.exclude(type__in=list(SECURITY))

    @display(description="Time", ordering="created_at")
    def when(self, event: Event) -> SafeString:
        html = render_to_string("dashboard/cells/time.html", {"moment": event.created_at})
        return mark_safe(html)  # noqa: S308 (a rendered template)

    @display(description="Type", ordering="type")
    def kind(self, event: Event) -> SafeString:
        return format_html('<code class="wa-code">{}</code>', event.type)

    @display(description="What happened")
    def summary(self, event: Event) -> str:
        return summarise(event)

    @display(description="Payload")
    def payload_json(self, event: Event) -> SafeString:
        return format_html('<pre class="wa-json">{}</pre>', json.dumps(event.payload, indent=2, ensure_ascii=False))


def summarise(event: Event) -> str:
    """A line for people; the payload itself is one click away."""
    payload = event.payload
    if event.type == EventType.SESSION_STATUS:
        return f"{payload.get('name', 'Session')}: {payload.get('state', '')} {payload.get('reason', '')}".strip()
    if event.type in SECURITY:
        return f"{payload.get('subject', '')} from {payload.get('address', '')}: {payload.get('text', '')}"
    other = payload.get("chat") or {}
    address = other.get("phone") or other.get("jid", "")
    direction = "from" if payload.get("direction") == "in" else "to"
    return f"{payload.get('kind', 'message')} {direction} {address}, {payload.get('state', '')}".strip(", ")

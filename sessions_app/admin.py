"""Sessions in the dashboard: the live list and, in place of Django's forms, pages of their own."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import action, display

from whatsapp_api.accounts.admin_access import ScopedAdmin, visible_workspaces, writable_workspaces
from whatsapp_api.core.errors import ApiError

from . import admin_pages, services
from .admin_filters import LabelFilter, ProviderFilter, StateFilter, WorkspaceFilter
from .display import look, states_payload
from .models import Session


@admin.register(Session)
class SessionAdmin(ScopedAdmin):
    list_display = ("account", "state_badge", "provider_badge", "phone_number", "label_chips", "activity")
    search_fields = ("name", "push_name", "jid", "lid")
    search_help_text = "Search by name or number"
    change_list_template = "dashboard/session_list.html"
    actions = ("start_selected", "stop_selected", "restart_selected")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).filter(deleted_at=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(writable_workspaces(request)) and self.has_view_permission(request)

    def get_list_filter(self, request: HttpRequest) -> tuple[type[admin.SimpleListFilter], ...]:
        several = len(visible_workspaces(request)) > 1
        return (StateFilter, ProviderFilter, LabelFilter, *((WorkspaceFilter,) if several else ()))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("try-sandbox/", view(self.try_sandbox), name="sessions_app_try_sandbox"),
            path("<str:object_id>/chats/", view(self.chats_view), name="sessions_app_session_chats"),
        ]
        return [*own, *super().get_urls()]

    # ---- pages ----
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        extra = {
            "page_data": {"states": states_payload()},
            "is_new_here": not self.get_queryset(request).exists(),
            **(extra_context or {}),
        }
        answer: HttpResponse = super().changelist_view(request, extra)
        return answer

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return admin_pages.session_add(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return admin_pages.session_page(self, request, object_id)

    def chats_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return admin_pages.session_chats(self, request, object_id)

    def try_sandbox(self, request: HttpRequest) -> HttpResponse:
        return admin_pages.try_sandbox(self, request)

    # ---- cells of the list ----
    @display(description="Name", ordering="name")
    def account(self, session: Session) -> SafeString:
        return _cell("account", session)

    @display(description="State", ordering="state")
    def state_badge(self, session: Session) -> SafeString:
        return _cell("state", session)

    @display(description="Provider", ordering="provider")
    def provider_badge(self, session: Session) -> SafeString:
        return _cell("provider", session)

    @display(description="Phone", ordering="jid")
    def phone_number(self, session: Session) -> SafeString:
        return _cell("phone", session)

    @display(description="Labels")
    def label_chips(self, session: Session) -> SafeString:
        return _cell("labels", session)

    @display(description="Last activity", ordering="state_at")
    def activity(self, session: Session) -> SafeString:
        return _cell("activity", session)

    # ---- actions on several ----
    @action(description="Start", icon="play_arrow", permissions=["add"])
    def start_selected(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        _each(request, queryset, services.session_start, "Starting")

    @action(description="Stop", icon="stop", permissions=["add"])
    def stop_selected(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        _each(request, queryset, services.session_stop, "Stopping")

    @action(description="Restart", icon="restart_alt", permissions=["add"])
    def restart_selected(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        _each(request, queryset, services.session_restart, "Restarting")


def _cell(name: str, session: Session) -> SafeString:
    context = {"session": session, "look": look(session.state), "activity": _last_activity(session)}
    return mark_safe(render_to_string(f"dashboard/cells/{name}.html", context))  # noqa: S308 (a rendered template)


def _last_activity(session: Session) -> Any:
    return max((at for at in (session.last_inbound_at, session.state_at) if at), default=session.created_at)


def _each(request: HttpRequest, queryset: QuerySet[Session], service: Callable[..., Any], doing: str) -> None:
    """One refusal does not keep the others from it."""
    done = 0
    for session in queryset.filter(workspace_id__in=writable_workspaces(request)):
        try:
            service(session=session)
        except ApiError as error:
            messages.error(request, f"{session.name}: {error.message}")
        else:
            done += 1
    if done:
        messages.success(request, f"{doing} {done} {'session' if done == 1 else 'sessions'}.")

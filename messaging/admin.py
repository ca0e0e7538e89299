"""Messages in the dashboard: a log to look things up in. Sending happens on the session page."""

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from whatsapp_api.accounts.admin_access import ScopedAdmin, visible_workspaces
from whatsapp_api.accounts.bodies.keys import seals

from .admin_filters import DirectionFilter, SessionFilter, StateFilter
from .admin_templates import TemplateAdmin  # noqa: F401 - Django looks here
from .models import Message
from .payloads import phone_of


@admin.register(Message)
class MessageAdmin(ScopedAdmin):
    # Counting millions of rows would take longer than showing the newest.
    paginator = InfinitePaginator
    show_full_result_count = False
    sortable_by = ()
    list_display = ("when", "direction_badge", "contact", "excerpt", "state_badge", "account")
    list_filter = (DirectionFilter, StateFilter, SessionFilter)
    search_fields = ("text", "chat", "push_name", "wa_id")
    search_help_text = "Search by text, number or name"
    change_list_template = "dashboard/message_list.html"
    fieldsets = (
        (None, {"fields": ("account", "direction_badge", "state_badge", "contact", "text")}),
        ("Times", {"fields": ("timestamp", "created_at", "sent_at", "delivered_at", "read_at")}),
        ("Addresses", {"fields": ("wa_id", "chat", "chat_lid", "sender", "sender_lid", "push_name", "quoted_id")}),
        ("Failure", {"fields": ("error_code", "error_text")}),
        ("As WhatsApp delivered it", {"fields": ("raw_json",), "classes": ("collapse",)}),
    )
    readonly_fields = ("account", "direction_badge", "state_badge", "contact", "raw_json")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Sealed texts are not looked through: what they are sealed as would match by chance."""
        sealed = any(seals(workspace_id) for workspace_id in visible_workspaces(request))
        return self.search_fields[1:] if sealed else self.search_fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        # Not a join: MongoDB would look up every row of the collection before it sorts.
        return super().get_queryset(request).prefetch_related("session")

    @display(description="Time", ordering="id")
    def when(self, message: Message) -> SafeString:
        return _cell("time", moment=message.timestamp)

    @display(description="Direction", ordering="direction")
    def direction_badge(self, message: Message) -> SafeString:
        return _cell("direction", message=message)

    @display(description="State", ordering="state")
    def state_badge(self, message: Message) -> SafeString:
        return _cell("message_state", message=message)

    @display(description="Contact")
    def contact(self, message: Message) -> SafeString:
        number = phone_of(message.chat) or message.chat
        return format_html("{} {}", message.push_name, number) if message.push_name else format_html("{}", number)

    @display(description="Text")
    def excerpt(self, message: Message) -> SafeString:
        return _cell("excerpt", message=message)

    @display(description="Account")
    def account(self, message: Message) -> SafeString:
        return _cell("account", session=message.session)

    @display(description="Protocol message")
    def raw_json(self, message: Message) -> SafeString:
        return format_html('<pre class="wa-json">{}</pre>', json.dumps(message.raw, indent=2, ensure_ascii=False))


def _cell(name: str, **context: object) -> SafeString:
    return mark_safe(render_to_string(f"dashboard/cells/{name}.html", context))  # noqa: S308 (a rendered template)

"""Templates in the dashboard: write them and see at once what people would read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from rest_framework.exceptions import ValidationError
from unfold.decorators import display

from whatsapp_api.accounts.admin_access import ScopedAdmin, visible_workspaces, writable_workspaces
from whatsapp_api.core.errors import flatten

from .admin_template_form import TemplateForm
from .models import Template
from .templating.render import variables_of
from .templating.services import KINDS_ALLOWED, template_body, template_kind


@admin.register(Template)
class TemplateAdmin(ScopedAdmin):
    form = TemplateForm
    list_display = ("name", "kind", "language", "variables", "updated_at")
    search_fields = ("name", "description")
    readonly_fields = ("preview",)
    change_list_template = "dashboard/template_list.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(writable_workspaces(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or obj.workspace_id in writable_workspaces(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or obj.workspace_id in writable_workspaces(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "workspace":
            field.queryset = field.queryset.filter(pk__in=writable_workspaces(request) or visible_workspaces(request))
            field.initial = next(iter(writable_workspaces(request)), None)
        return field

    @display(description="Variables")
    def variables(self, template: Template) -> str:
        return ", ".join(sorted(variables_of(template.fields)))

    @display(description="Preview")
    def preview(self, template: Template) -> SafeString:
        """Variables without a default stand for themselves."""
        if template.kind not in KINDS_ALLOWED:
            return format_html("<p>{}</p>", "Save it to see what people would read.")
        names = variables_of(template.fields)
        values = {name: f"[{name}]" for name in names - set(template.defaults)}
        kind = template_kind(template)
        try:
            text = kind.text(kind.content(template_body(template, values)))
        except ValidationError as error:
            return format_html("<p>{}</p>", " ".join(flatten(error.detail)))
        return format_html('<pre class="wa-json" data-testid="template-preview">{}</pre>', text)

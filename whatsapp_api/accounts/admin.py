"""Users and workspaces in the dashboard. What a user may do is a matter of memberships, so groups are not offered."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.paginator import InfinitePaginator

from whatsapp_api.core.csv_export import csv_answer

from .admin_access import may_enter, workspaces_with
from .allowlists import restricted
from .audit.draft import audit_about, audit_change
from .audit.models import INSTALLATION, AuditEntry
from .models import Membership, User, Workspace
from .removal.admin_page import progress_text, removal_page
from .scopes import Scope
from .workspaces import workspace_changing

admin.site.unregister(Group)


class MembershipTrail:
    """Changes of memberships, in the audit trail of the request."""

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)  # type: ignore[misc]
        for member in formset.new_objects:
            audit_change({}, {str(member): member.role})
        for member, _ in formset.changed_objects:
            audit_change({str(member): "another role"}, {str(member): member.role})
        for member in formset.deleted_objects:
            audit_change({str(member): member.role}, {str(member): None})


class MembershipInline(TabularInline):
    model = Membership
    extra = 0
    verbose_name = "membership"
    verbose_name_plural = "memberships"


@admin.register(User)
class UserAdmin(MembershipTrail, DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    inlines = (MembershipInline,)
    list_display = ("username", "email", "is_staff", "is_superuser", "is_active")
    list_filter = ("is_staff", "is_superuser", "is_active")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        (
            "Access",
            {
                "fields": ("is_active", "is_staff", "is_superuser"),
                "description": "“Staff” may enter this dashboard; what they see there follows from their memberships.",
            },
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")


@admin.register(Workspace)
class WorkspaceAdmin(MembershipTrail, ModelAdmin):
    list_display = ("name", "bodies", "message_keep_days", "body_keep_hours", "created_at", "removal")
    search_fields = ("name",)
    inlines = (MembershipInline,)
    actions = None  # one at a time, each by its name

    @display(description="Removal")
    def removal(self, workspace: Workspace) -> str:
        return progress_text(workspace)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return removal_page(self, request, object_id)

    def save_model(self, request: HttpRequest, obj: Workspace, form: Any, change: bool) -> None:
        """With its old settings in the audit trail, and a new allowlist in force at once."""
        audit_about(obj.pk, f"workspace:{obj.pk}")
        before = {name: form.initial.get(name) for name in form.changed_data}
        audit_change(before, {name: form.cleaned_data[name] for name in form.changed_data})
        workspace_changing(obj, before if change else {})
        super().save_model(request, obj, form, change)
        restricted.forget()


@admin.register(AuditEntry)
class AuditAdmin(ModelAdmin):
    """Looked at and exported by those with the scope `admin`; changed by nobody."""

    paginator = InfinitePaginator
    show_full_result_count = False
    sortable_by = ()
    list_per_page = 50
    list_display = ("at", "actor_name", "action", "target", "outcome", "address")
    list_filter = ("outcome", "actor_kind")
    search_fields = ("actor_name", "action", "target", "address", "request_id")
    search_help_text = "Search by person, action, target, address or request"
    ordering = ("-id",)
    actions = ("export_selected",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        chains = workspaces_with(request, Scope.ADMIN)
        if getattr(request.user, "is_superuser", False):
            chains = [*chains, INSTALLATION]
        rows: QuerySet[AuditEntry] = super().get_queryset(request)
        return rows.filter(chain__in=chains)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_enter(request) and bool(workspaces_with(request, Scope.ADMIN))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @action(description="Export as CSV")
    def export_selected(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> HttpResponse:
        names = ("chain", "number", "at", "actor_kind", "actor_name", "action", "target", "before", "after", "outcome")
        names += ("status", "address", "user_agent", "request_id", "digest")  # type: ignore[assignment]
        rows = [[getattr(entry, name) for name in names] for entry in queryset.order_by("id")[:10_000]]
        return csv_answer("audit.csv", list(names), rows)

"""Filters of the session list, in the words of the pages."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from whatsapp_api.accounts.admin_access import visible_workspaces
from whatsapp_api.accounts.models import Workspace

from .display import LOOKS
from .labels import label_pattern, labels_split
from .models import Provider, Session


class StateFilter(SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, look.label) for state, look in LOOKS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        return queryset.filter(state=self.value()) if self.value() else queryset


class ProviderFilter(SimpleListFilter):
    title = "provider"
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in Provider.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        return queryset.filter(provider=self.value()) if self.value() else queryset


class LabelFilter(SimpleListFilter):
    title = "label"
    parameter_name = "label"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The labels that there are; without any there is nothing to filter by."""
        columns = (
            model_admin.get_queryset(request).exclude(label_text="").order_by().values_list("label_text", flat=True)
        )
        labels = {label for column in columns.distinct() for label in labels_split(column)}
        return [(label, label) for label in sorted(labels)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        chosen = self.value()
        return queryset.filter(label_text__contains=label_pattern(chosen)) if chosen else queryset


class WorkspaceFilter(SimpleListFilter):
    title = "workspace"
    parameter_name = "workspace"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        mine = Workspace.objects.filter(id__in=visible_workspaces(request)).order_by("name")
        return [(str(workspace.id), workspace.name) for workspace in mine]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        chosen = self.value()
        known = {value for value, _ in self.lookup_choices}
        return queryset.filter(workspace_id=chosen) if chosen and chosen in known else queryset

"""Filters of the message list."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from sessions_app.models import Session
from whatsapp_api.accounts.admin_access import visible_workspaces

from .models import Direction, Message, MessageState

SESSIONS_LISTED = 200


class DirectionFilter(SimpleListFilter):
    title = "direction"
    parameter_name = "direction"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(Direction.IN.value, "Received"), (Direction.OUT.value, "Sent by us")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        return queryset.filter(direction=self.value()) if self.value() else queryset


class StateFilter(SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, str(state.label)) for state in MessageState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        return queryset.filter(state=self.value()) if self.value() else queryset


class SessionFilter(SimpleListFilter):
    """The newest accounts by name; with very many the search finds the others."""

    title = "account"
    parameter_name = "session"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        mine = Session.objects.filter(workspace_id__in=visible_workspaces(request))
        return [(str(pk), name) for pk, name in mine.values_list("id", "name")[:SESSIONS_LISTED]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        chosen = self.value()
        known = {value for value, _ in self.lookup_choices}
        return queryset.filter(session_id=chosen) if chosen and chosen in known else queryset

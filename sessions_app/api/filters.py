"""Query parameters of the list of sessions."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from sessions_app.engine.states import State
from sessions_app.labels import LONGEST, label_pattern
from sessions_app.models import Provider, Session
from whatsapp_api.core.api_filters import StrictFilterSet


class SessionFilters(StrictFilterSet):
    state = django_filters.ChoiceFilter(choices=[(state.value, state.value) for state in State])
    provider = django_filters.ChoiceFilter(choices=Provider.choices)
    name = django_filters.CharFilter(max_length=100, label="Its whole name; several may have the same.")
    workspace = django_filters.UUIDFilter(field_name="workspace_id")
    label = django_filters.CharFilter(method="with_label", max_length=LONGEST, label="One label that it has.")

    class Meta:
        model = Session
        fields = ()

    def with_label(self, rows: QuerySet[Session], name: str, value: Any) -> QuerySet[Session]:
        return rows.filter(label_text__contains=label_pattern(value))

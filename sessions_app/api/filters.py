"""Query parameters of the list of sessions."""

import django_filters

from sessions_app.engine.states import State
from sessions_app.models import Provider, Session
from whatsapp_api.core.api_filters import StrictFilterSet


class SessionFilters(StrictFilterSet):
    state = django_filters.ChoiceFilter(choices=[(state.value, state.value) for state in State])
    provider = django_filters.ChoiceFilter(choices=Provider.choices)
    workspace = django_filters.UUIDFilter(field_name="workspace_id")

    class Meta:
        model = Session
        fields = ()

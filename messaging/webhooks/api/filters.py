"""Query parameters of the lists."""

import django_filters

from messaging.webhooks.models import Delivery, DeliveryState, Endpoint
from whatsapp_api.core.api_filters import MomentFilter, StrictFilterSet
from whatsapp_api.events.models import EventType


class EndpointFilters(StrictFilterSet):
    session = django_filters.UUIDFilter(field_name="session_id")
    workspace = django_filters.UUIDFilter(field_name="workspace_id")
    enabled = django_filters.BooleanFilter()

    class Meta:
        model = Endpoint
        fields = ()


class DeliveryFilters(StrictFilterSet):
    state = django_filters.ChoiceFilter(choices=DeliveryState.choices)
    event = django_filters.ChoiceFilter(
        choices=[*EventType.choices, ("webhook.ping", "webhook.ping")], field_name="event_type"
    )
    session = django_filters.UUIDFilter(field_name="session_id")
    event_id = django_filters.UUIDFilter(field_name="event_id")
    since = MomentFilter(field_name="created_at", lookup_expr="gte", label="First tried at this time or later.")
    until = MomentFilter(field_name="created_at", lookup_expr="lt", label="First tried before this time.")

    class Meta:
        model = Delivery
        fields = ()

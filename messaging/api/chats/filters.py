"""Query parameters of the list of chats."""

import django_filters
from django.db.models import QuerySet

from messaging.chats.selectors import named_like
from messaging.models import Chat, ChatKind
from whatsapp_api.core.api_filters import StrictFilterSet


class ChatFilters(StrictFilterSet):
    unread = django_filters.BooleanFilter(method="with_unread", label="Only chats with (or without) unread messages.")
    archived = django_filters.BooleanFilter()
    pinned = django_filters.BooleanFilter(field_name="pinned_at", lookup_expr="isnull", exclude=True)
    kind = django_filters.ChoiceFilter(choices=ChatKind.choices)
    search = django_filters.CharFilter(
        method="with_name", max_length=100, label="A part of the name, or the first digits of the phone number."
    )

    class Meta:
        model = Chat
        fields = ()

    def with_unread(self, rows: QuerySet[Chat], name: str, value: bool) -> QuerySet[Chat]:
        return rows.filter(unread__gt=0) if value else rows.filter(unread=0)

    def with_name(self, rows: QuerySet[Chat], name: str, value: str) -> QuerySet[Chat]:
        return rows.filter(named_like(value))

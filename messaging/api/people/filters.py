"""Query parameters of the list of contacts."""

import django_filters
from django.db.models import QuerySet

from messaging.chats.selectors import named_like
from messaging.models import Contact
from whatsapp_api.core.api_filters import StrictFilterSet


class ContactFilters(StrictFilterSet):
    search = django_filters.CharFilter(
        method="with_name", max_length=100, label="A part of the name, or the first digits of the phone number."
    )
    refresh = django_filters.BooleanFilter(method="unfiltered", label="Read the phone's address book first.")

    class Meta:
        model = Contact
        fields = ()

    def with_name(self, rows: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        return rows.filter(named_like(value))

    def unfiltered(self, rows: QuerySet[Contact], name: str, value: bool) -> QuerySet[Contact]:
        """The view has seen to it."""
        return rows

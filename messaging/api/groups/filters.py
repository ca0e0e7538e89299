"""Query parameters of the list of groups."""

import django_filters
from django.db.models import QuerySet

from messaging.models import Group, GroupRole
from whatsapp_api.core.api_filters import StrictFilterSet


class GroupFilters(StrictFilterSet):
    member = django_filters.BooleanFilter(label="Only groups that the account is in, or was in.")
    role = django_filters.ChoiceFilter(choices=GroupRole.choices, label="The account's own role.")
    search = django_filters.CharFilter(field_name="subject", lookup_expr="icontains", max_length=100)
    refresh = django_filters.BooleanFilter(method="unfiltered", label="Ask WhatsApp for all groups first.")

    class Meta:
        model = Group
        fields = ()

    def unfiltered(self, rows: QuerySet[Group], name: str, value: bool) -> QuerySet[Group]:
        """The view has seen to it."""
        return rows

"""Query parameters of the list of messages."""

from datetime import UTC, datetime

import django_filters
from django import forms
from django.db.models import QuerySet

from messaging.addresses import BadAddress, canonical_jid
from messaging.models import Direction, Message, MessageKind, MessageState
from messaging.selectors import in_chat
from whatsapp_api.core.api_filters import StrictFilterSet


class MomentField(forms.Field):
    """ISO 8601; without a time zone it is UTC."""

    def to_python(self, value: str | None) -> datetime | None:
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value.replace(" ", "+"))  # a + in a query string arrives as a space
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError("Write a time like 2026-01-31T12:00:00Z.") from error


class MomentFilter(django_filters.Filter):
    field_class = MomentField


class ChatField(forms.CharField):
    def to_python(self, value: str | None) -> str:
        try:
            return canonical_jid(value) if value else ""
        except BadAddress as error:
            raise forms.ValidationError(str(error)) from error


class ChatFilter(django_filters.Filter):
    field_class = ChatField

    def filter(self, qs: QuerySet[Message], value: str) -> QuerySet[Message]:
        return qs.filter(in_chat(value)) if value else qs


class MessageFilters(StrictFilterSet):
    direction = django_filters.ChoiceFilter(choices=Direction.choices)
    state = django_filters.ChoiceFilter(choices=MessageState.choices)
    kind = django_filters.ChoiceFilter(choices=MessageKind.choices)
    chat = ChatFilter(label="In any form that `to` accepts.")
    since = MomentFilter(field_name="timestamp", lookup_expr="gte", label="Messages of this time or later.")
    until = MomentFilter(field_name="timestamp", lookup_expr="lt", label="Messages before this time.")

    class Meta:
        model = Message
        fields = ()

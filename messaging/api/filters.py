"""Query parameters of the list of messages."""

import django_filters
from django import forms
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError

from messaging.addresses import BadAddress, canonical_jid
from messaging.models import Direction, Message, MessageKind, MessageState
from messaging.selectors import in_chat
from messaging.words import words_of
from whatsapp_api.core.api_filters import MomentFilter, StrictFilterSet


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
    wa_id = django_filters.CharFilter(max_length=80, label="WhatsApp's own id of it.")
    q = django_filters.CharFilter(
        method="with_words",
        max_length=200,
        label="Messages that hold all of these words, whole, whatever their case and accents.",
    )
    since = MomentFilter(field_name="timestamp", lookup_expr="gte", label="Messages of this time or later.")
    until = MomentFilter(field_name="timestamp", lookup_expr="lt", label="Messages before this time.")

    scheduled_since = MomentFilter(field_name="scheduled_at", lookup_expr="gte", label="Scheduled for then or later.")
    scheduled_until = MomentFilter(field_name="scheduled_at", lookup_expr="lt", label="Scheduled for before then.")

    class Meta:
        model = Message
        fields = ()

    def with_words(self, rows: QuerySet[Message], name: str, value: str) -> QuerySet[Message]:
        """Refuses what has no word; finding them is the work of `searching.MessagePages`."""
        if not words_of(value):
            raise ValidationError({"q": ["Write at least one word to look for."]})
        return rows

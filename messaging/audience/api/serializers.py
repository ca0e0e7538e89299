"""Requests and answers about the audience."""

from typing import Any
from zoneinfo import available_timezones

import phonenumbers
from rest_framework import serializers

from messaging.audience.attributes import LONGEST, BadAttributes, attributes_check
from messaging.audience.models import ImportState, ImportTarget, SuppressionSource
from messaging.audience.segments import RulesSerializer
from messaging.fields import ChatField
from sessions_app.labels import BadLabels, labels_clean


class TagsField(serializers.ListField):
    """Up to 20 short texts, kept in lower case."""

    child = serializers.CharField(max_length=40)

    def to_internal_value(self, data: Any) -> list[str]:
        try:
            return labels_clean(super().to_internal_value(data))
        except BadLabels as error:
            raise serializers.ValidationError(str(error)) from error


class AttributesField(serializers.DictField):
    """Text by name."""

    child = serializers.CharField(max_length=LONGEST, allow_blank=True)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        try:
            return attributes_check(super().to_internal_value(data))
        except BadAttributes as error:
            raise serializers.ValidationError(str(error)) from error


class TimeZoneField(serializers.CharField):
    """IANA's name."""

    def to_internal_value(self, data: Any) -> str:
        zone = super().to_internal_value(data)
        if zone and zone not in available_timezones():
            raise serializers.ValidationError("Write a time zone such as Europe/Madrid.")
        return zone


class CountryField(serializers.CharField):
    """ISO 3166, two letters."""

    def to_internal_value(self, data: Any) -> str:
        country = super().to_internal_value(data).upper()
        if country and country not in phonenumbers.SUPPORTED_REGIONS:
            raise serializers.ValidationError("Write a country's two letters, such as ES.")
        return country


class AddresseeFieldsSerializer(serializers.Serializer[Any]):
    """What can be changed; given fields are replaced as a whole."""

    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    attributes = AttributesField(required=False)
    tags = TagsField(required=False)
    time_zone = TimeZoneField(max_length=60, required=False, allow_blank=True)


class AddresseeCreateSerializer(AddresseeFieldsSerializer):
    """A person or group."""

    workspace = serializers.UUIDField(required=False, help_text="One of yours; by default your oldest.")
    to = ChatField(help_text="A phone number with country code, or a chat id.")


class AddresseeSerializer(serializers.Serializer[Any]):
    """Somebody a workspace writes to."""

    id = serializers.UUIDField()
    workspace = serializers.UUIDField()
    jid = serializers.CharField()
    phone = serializers.CharField()
    name = serializers.CharField()
    attributes = serializers.DictField(child=serializers.CharField(allow_blank=True))
    tags = serializers.ListField(child=serializers.CharField())
    time_zone = serializers.CharField(allow_null=True, help_text="Without one the number's country decides.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ListFieldsSerializer(serializers.Serializer[Any]):
    """A list's name."""

    name = serializers.CharField(max_length=100)


class ListCreateSerializer(ListFieldsSerializer):
    """An empty list."""

    workspace = serializers.UUIDField(required=False)


class RecipientListSerializer(serializers.Serializer[Any]):
    """A list of addressees."""

    id = serializers.UUIDField()
    workspace = serializers.UUIDField()
    name = serializers.CharField()
    members = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class MembersSerializer(serializers.Serializer[Any]):
    """Ids of addressees."""

    addressees = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=500)


class ChangedSerializer(serializers.Serializer[Any]):
    """How many rows a request changed."""

    changed = serializers.IntegerField()


class SegmentFieldsSerializer(serializers.Serializer[Any]):
    """A saved filter."""

    name = serializers.CharField(max_length=100)
    rules = RulesSerializer()


class SegmentCreateSerializer(SegmentFieldsSerializer):
    """A new saved filter."""

    workspace = serializers.UUIDField(required=False)


class SegmentSerializer(serializers.Serializer[Any]):
    """A saved filter."""

    id = serializers.UUIDField()
    workspace = serializers.UUIDField()
    name = serializers.CharField()
    rules = RulesSerializer()
    created_at = serializers.DateTimeField()


class SegmentCountSerializer(serializers.Serializer[Any]):
    """How many fit now."""

    count = serializers.IntegerField()


class SuppressionCreateSerializer(serializers.Serializer[Any]):
    """Somebody who must get no broadcasts."""

    workspace = serializers.UUIDField(required=False)
    to = ChatField()
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class SuppressionSerializer(serializers.Serializer[Any]):
    """Somebody who gets no broadcasts."""

    id = serializers.UUIDField()
    workspace = serializers.UUIDField()
    jid = serializers.CharField()
    phone = serializers.CharField()
    source = serializers.ChoiceField(SuppressionSource.choices)  # type: ignore[assignment]
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class ImportCreateSerializer(serializers.Serializer[Any]):
    """A table that was uploaded with `POST /media`."""

    media = serializers.UUIDField(help_text="The file: CSV or XLSX, its first row naming the columns.")
    target = serializers.ChoiceField(ImportTarget.choices, default=ImportTarget.CONTACTS)


class ImportStartSerializer(serializers.Serializer[Any]):
    """What the columns are, and what is done with everybody in them."""

    mapping = serializers.DictField(
        child=serializers.CharField(max_length=60),
        required=False,
        help_text="By column number: `phone`, `name`, `tags`, `time_zone`, `attribute:<name>` or `ignore`. "
        "By default what the import proposes.",
    )
    country = CountryField(
        max_length=2, required=False, default="", allow_blank=True, help_text="Of numbers without a country code."
    )
    tags = TagsField(required=False, default=list, help_text="Everybody gets these.")
    list = serializers.UUIDField(required=False, help_text="Everybody goes on this list.")


class ImportSerializer(serializers.Serializer[Any]):
    """A table on its way."""

    id = serializers.UUIDField()
    workspace = serializers.UUIDField()
    target = serializers.ChoiceField(ImportTarget.choices)
    state = serializers.ChoiceField(ImportState.choices)
    file_name = serializers.CharField()
    format = serializers.ChoiceField(["csv", "xlsx"])
    columns = serializers.ListField(child=serializers.CharField(allow_blank=True))
    sample = serializers.ListField(child=serializers.ListField(child=serializers.CharField(allow_blank=True)))
    mapping = serializers.DictField(child=serializers.CharField())
    rows_total = serializers.IntegerField()
    rows_done = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    duplicates = serializers.IntegerField(help_text="Rows whose number came again on the same page of the table.")
    refused = serializers.IntegerField(help_text="`GET …/problems` tells why.")
    error = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)

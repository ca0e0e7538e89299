"""Fields of requests that the framework has no like of."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions_app.labels import LONGEST, MOST, BadLabels, labels_clean
from sessions_app.metadata import MOST_BYTES, MOST_KEYS, BadMetadata, metadata_clean
from sessions_app.webhook_defaults import MOST_EVENTS, MOST_HEADERS, BadDefaults, defaults_clean
from whatsapp_api.core.phones import BadPhone, phone_digits


class PhoneField(serializers.CharField):
    """A phone number with country code, as digits inside."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def to_internal_value(self, data: Any) -> str:
        try:
            return phone_digits(super().to_internal_value(data))
        except BadPhone as error:
            raise serializers.ValidationError(str(error)) from error


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": MOST_KEYS})
class MetadataField(serializers.Field[Any, Any, Any, Any]):
    """A small object of strings."""

    def __init__(self, **options: Any) -> None:
        text = f"Yours to fill: up to {MOST_KEYS} keys, {MOST_BYTES} bytes. Replaced as a whole."
        super().__init__(help_text=text, **options)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        try:
            return metadata_clean(data)
        except BadMetadata as error:
            raise serializers.ValidationError(str(error)) from error

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field(
    {
        "type": "object",
        "properties": {
            "events": {"type": "array", "items": {"type": "string"}, "maxItems": MOST_EVENTS},
            "headers": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "maxProperties": MOST_HEADERS,
            },
        },
        "additionalProperties": False,
        "example": {"events": ["message.*"], "headers": {"X-Team": "sales"}},
    }
)
class WebhookDefaultsField(serializers.Field[Any, Any, Any, Any]):
    """Event patterns and headers that new webhook endpoints begin with."""

    def __init__(self, **options: Any) -> None:
        text = "What new webhook endpoints of the session begin with: `events`, `headers`. Replaced as a whole."
        super().__init__(help_text=text, **options)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        try:
            return defaults_clean(data)
        except BadDefaults as error:
            raise serializers.ValidationError(str(error)) from error

    def to_representation(self, value: Any) -> Any:
        return value


class LabelsField(serializers.ListField):
    """A list of short strings, in lower case afterwards."""

    child = serializers.CharField(trim_whitespace=True)

    def __init__(self, **options: Any) -> None:
        text = f"Up to {MOST}, of {LONGEST} characters each; kept in lower case. Replaced as a whole."
        super().__init__(max_length=MOST, help_text=text, **options)

    def to_internal_value(self, data: Any) -> list[str]:
        try:
            return labels_clean(super().to_internal_value(data))
        except BadLabels as error:
            raise serializers.ValidationError(str(error)) from error

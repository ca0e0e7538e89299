"""The file of a request that sends it."""

from typing import Any

from rest_framework import serializers

from whatsapp_api.core.formats import from_base64


class Base64Field(serializers.CharField):
    """Bytes, in base64, as they are or in a `data:` URL."""

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            return from_base64(text)
        except ValueError as error:
            raise serializers.ValidationError("Write the bytes of the file in base64.") from error


class NewMediaSerializer(serializers.Serializer[Any]):
    """Either the bytes or where they are."""

    data = Base64Field(  # type: ignore[assignment]
        required=False, help_text="The file in base64, or a data: URL. For short files only; long ones come as a form."
    )
    url = serializers.CharField(required=False, max_length=2048, help_text="http(s), on the public internet.")
    filename = serializers.CharField(required=False, max_length=255, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        ways = [name for name in self.ways if name in attrs]
        if len(ways) != 1:
            raise serializers.ValidationError(f"Give one of {', '.join(self.ways)}.")
        if attrs.get("data") == b"":
            raise serializers.ValidationError({"data": ["The file is empty."]})
        return attrs

    @property
    def ways(self) -> tuple[str, ...]:
        """Of giving the file."""
        return tuple(name for name in ("id", "url", "data") if name in self.fields)


class MediaField(NewMediaSerializer):
    """The file: one that is here (`id`, from `POST /media` or a received message), its bytes, or where they are."""

    id = serializers.UUIDField(required=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if unknown := set(data) - set(self.fields) if isinstance(data, dict) else set():
            sentence = f"There is no such field; there are {', '.join(self.fields)}."
            raise serializers.ValidationError({name: [sentence] for name in sorted(unknown)})
        value: dict[str, Any] = super().to_internal_value(data)
        return value

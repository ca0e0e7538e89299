"""What the events of sessions carry."""

from typing import Any

from rest_framework import serializers

from whatsapp_api.events.models import EventType

from .api.serializers import RestrictionSerializer, SessionSerializer


class QrPayload(serializers.Serializer[Any]):
    """A QR code to scan now; it is never stored."""

    qr = serializers.CharField(help_text="The text of the code.")
    index = serializers.IntegerField()
    total = serializers.IntegerField()
    expires_at = serializers.DateTimeField()


class PairingCodePayload(serializers.Serializer[Any]):
    """A code to type into the phone now; it is never stored."""

    code = serializers.CharField()
    phone = serializers.CharField(help_text="E.164.")
    expires_at = serializers.DateTimeField()


PAYLOADS = {
    EventType.SESSION_STATUS: SessionSerializer,
    EventType.SESSION_QR: QrPayload,
    EventType.SESSION_PAIRING_CODE: PairingCodePayload,
    EventType.SESSION_RESTRICTED: RestrictionSerializer,
}

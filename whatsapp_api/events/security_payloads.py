"""Payloads of `security.*`."""

from typing import Any

from rest_framework import serializers

from .models import EventType


class SecurityPayload(serializers.Serializer[Any]):
    """Something that those who watch over the installation want to hear."""

    subject = serializers.CharField(help_text="The user or key that it is about.")
    address = serializers.CharField(help_text="From where.")
    text = serializers.CharField()


PAYLOADS = {kind: SecurityPayload for kind in EventType if kind.value.startswith("security.")}

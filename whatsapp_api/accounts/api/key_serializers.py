"""Bodies of requests and answers about API keys."""

import ipaddress
from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from whatsapp_api.accounts.keys.models import ApiKey
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.env import RATE
from whatsapp_api.core.formats import iso

MOST_NETWORKS, MOST_SESSIONS = 50, 200
RATE_GROUPS = ("api", "send")


class NetworkField(serializers.CharField):
    """An address or a range in CIDR notation."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=60, **options)

    def to_internal_value(self, data: Any) -> str:
        try:
            return str(ipaddress.ip_network(super().to_internal_value(data), strict=False))
        except ValueError as error:
            raise serializers.ValidationError("Write an address or a range such as 203.0.113.0/24.") from error


class KeyFieldsSerializer(serializers.Serializer[Any]):
    """What may be said of a key, and changed later."""

    name = serializers.CharField(max_length=100, help_text="For people: which program uses it.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.choices),
        allow_empty=False,
        max_length=len(Scope),
        help_text="What it may do.",
    )
    sessions = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=MOST_SESSIONS, help_text="Only these; empty: all."
    )
    networks = serializers.ListField(
        child=NetworkField(), required=False, max_length=MOST_NETWORKS, help_text="Only from there; empty: everywhere."
    )
    rates = serializers.DictField(
        child=serializers.RegexField(RATE), required=False, help_text='Own limits, such as `{"api": "600/m"}`.'
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Null: never.")

    def validate_sessions(self, value: list[Any]) -> list[str]:
        return [str(item) for item in value]

    def validate_rates(self, value: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(value) - set(RATE_GROUPS)):
            raise serializers.ValidationError(
                f"There is no limit {unknown[0][:40]!r}; there are {', '.join(RATE_GROUPS)}."
            )
        return value

    def validate_expires_at(self, value: datetime | None) -> datetime | None:
        if value and value <= timezone.now():
            raise serializers.ValidationError("This moment has passed.")
        return value


class KeyCreateSerializer(KeyFieldsSerializer):
    """A new key."""

    workspace = serializers.UUIDField(required=False, help_text="By default your first one.")


class KeySerializer(serializers.Serializer[Any]):
    """A key, without its secret."""

    id = serializers.UUIDField()
    workspace = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="How the key begins: `wak_<prefix>_`.")
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices))
    sessions = serializers.ListField(child=serializers.UUIDField())
    networks = serializers.ListField(child=serializers.CharField())
    rates = serializers.DictField(child=serializers.CharField())
    created_by = serializers.CharField(help_text="Whose role bounds what it may do.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute.")
    addresses = serializers.ListField(child=serializers.CharField(), help_text="Where it was used from, newest last.")


class KeyCreatedSerializer(KeySerializer):
    """A key with its text, this once."""

    key = serializers.CharField(help_text="Keep it: it is shown this once.")


def key_payload(key: ApiKey) -> dict[str, Any]:
    """A key as the API shows it."""
    return {
        "id": str(key.id),
        "workspace": str(key.workspace_id),
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes,
        "sessions": key.sessions,
        "networks": key.networks,
        "rates": key.rates,
        "created_by": key.created_by.get_username(),
        "created_at": iso(key.created_at),
        "expires_at": iso(key.expires_at),
        "revoked_at": iso(key.revoked_at),
        "last_used_at": iso(key.last_used_at),
        "addresses": key.addresses,
    }

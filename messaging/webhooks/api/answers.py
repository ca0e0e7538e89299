"""Endpoints over REST: what goes out (made by `payloads`)."""

from typing import Any

from rest_framework import serializers

from messaging.webhooks.models import DeliveryState, Order, ReplayState


class EndpointSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    workspace = serializers.UUIDField()
    session = serializers.UUIDField(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    headers = serializers.DictField(child=serializers.CharField(), help_text="Values are never shown.")
    username = serializers.CharField(allow_null=True, help_text="At a broker.")
    password = serializers.CharField(allow_null=True, help_text='`"***"` when one is stored.')
    order = serializers.ChoiceField(Order.choices)
    concurrency = serializers.IntegerField()
    timeout_seconds = serializers.IntegerField()
    retry_seconds = serializers.ListField(child=serializers.IntegerField())
    enabled = serializers.BooleanField()
    disabled_reason = serializers.ChoiceField(["requested", "gone", "failing"], allow_null=True)
    disabled_at = serializers.DateTimeField(allow_null=True)
    health = serializers.ChoiceField(["ok", "failing", "down", "disabled"])
    failures = serializers.IntegerField(help_text="In a row.")
    failing_since = serializers.DateTimeField(allow_null=True)
    resting_until = serializers.DateTimeField(allow_null=True, help_text="No attempt before, the receiver is down.")
    last_error = serializers.CharField(allow_null=True)
    last_success_at = serializers.DateTimeField(allow_null=True)
    sequence = serializers.IntegerField(help_text="How far in the event log it has come.")
    created_at = serializers.DateTimeField()


class EndpointCreatedSerializer(EndpointSerializer):
    secret = serializers.CharField(help_text="Signs deliveries. Shown this once.")


class SecretSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    hint = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class SecretListSerializer(serializers.Serializer[Any]):
    results = SecretSerializer(many=True)


class SecretCreatedSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="Shown this once.")


class HourSerializer(serializers.Serializer[Any]):
    hour = serializers.DateTimeField()
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()
    average_ms = serializers.IntegerField(allow_null=True)
    slowest_ms = serializers.IntegerField(allow_null=True)


class FiguresSerializer(serializers.Serializer[Any]):
    success_rate = serializers.FloatField(allow_null=True, help_text="Of the last 24 hours' attempts, 0 to 1.")
    behind = serializers.IntegerField(help_text="Events of the workspace that it has not come to yet.")
    hours = HourSerializer(many=True)


class DeliverySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    webhook = serializers.UUIDField()
    event_id = serializers.UUIDField()
    event = serializers.CharField()
    session = serializers.UUIDField(allow_null=True)
    sequence = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(DeliveryState.choices)
    attempts = serializers.IntegerField()
    status = serializers.IntegerField(allow_null=True, help_text="HTTP status of the last attempt.")
    ms = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    next_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)


class AttemptSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    ms = serializers.IntegerField()
    status = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(allow_blank=True)
    body = serializers.CharField(allow_blank=True, help_text="The first kilobyte of the answer.")


class RequestSerializer(serializers.Serializer[Any]):
    url = serializers.CharField()
    headers = serializers.DictField(child=serializers.CharField(), help_text="Signatures and own values masked.")
    body = serializers.CharField(allow_null=True, help_text="Null when the event is no longer kept.")


class DeliveryDetailSerializer(DeliverySerializer):
    request = RequestSerializer()
    log = AttemptSerializer(many=True, help_text="The first three attempts and the last seven.")


class ReplaySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    webhook = serializers.UUIDField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    events = serializers.ListField(child=serializers.CharField())
    state = serializers.ChoiceField(ReplayState.choices)
    progress = serializers.FloatField(help_text="0 to 1.")
    delivered = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="At the first attempt; they are tried again like any other.")
    created_at = serializers.DateTimeField()


class CountSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()

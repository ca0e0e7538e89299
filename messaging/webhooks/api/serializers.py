"""Endpoints over REST: what comes in."""

from typing import Any

from rest_framework import serializers

from messaging.webhooks.models import Order
from messaging.webhooks.patterns import types_of
from messaging.webhooks.plan import LONGEST_PAUSE, MOST_RETRIES
from messaging.webhooks.sinks import SINKS, BadTarget, sink_check

MOST_PATTERNS = 50


class UrlField(serializers.CharField):
    """An address that a sink can use."""

    def __init__(self, **options: Any) -> None:
        schemes = ", ".join(f"`{scheme}://`" for scheme in SINKS)
        text = f"{schemes}. User name and password have fields of their own."
        super().__init__(max_length=2048, help_text=text, **options)

    def to_internal_value(self, data: Any) -> str:
        url = super().to_internal_value(data)
        try:
            sink_check(url)
        except BadTarget as error:
            raise serializers.ValidationError(str(error)) from error
        return url


class PatternsField(serializers.ListField):
    """Types of events and patterns of them."""

    child = serializers.CharField(max_length=60)

    def __init__(self, **options: Any) -> None:
        super().__init__(
            min_length=1,
            max_length=MOST_PATTERNS,
            help_text="Types and patterns: `message.*` is `message` and all that begin with `message.`, `*` is all.",
            **options,
        )

    def to_internal_value(self, data: Any) -> list[str]:
        patterns: list[str] = list(dict.fromkeys(super().to_internal_value(data)))
        for pattern in patterns:
            if not types_of(pattern):
                raise serializers.ValidationError(f"{pattern}: no type that is delivered is called so.")
        return patterns


class EndpointFieldsSerializer(serializers.Serializer[Any]):
    """What people set, all optional: for a change."""

    name = serializers.CharField(max_length=100, allow_blank=True, required=False)
    url = UrlField(required=False)
    events = PatternsField(required=False)
    headers = serializers.DictField(
        child=serializers.CharField(max_length=1000),
        required=False,
        help_text='Sent with every delivery, kept encrypted. Replaced as a whole; `"***"` keeps a stored value.',
    )
    username = serializers.CharField(max_length=200, allow_blank=True, required=False, help_text="At a broker.")
    password = serializers.CharField(
        max_length=1000,
        allow_blank=True,
        required=False,
        trim_whitespace=False,
        help_text='At a broker; alone it is a NATS token. Kept encrypted, never shown; `"***"` keeps a stored one.',
    )
    order = serializers.ChoiceField(
        Order.choices, required=False, help_text="`strict` (default): in order per chat. `fast`: as soon as possible."
    )
    concurrency = serializers.IntegerField(
        min_value=1, max_value=64, required=False, help_text="Deliveries under way at once; 8 by default."
    )
    timeout_seconds = serializers.IntegerField(
        min_value=1, max_value=30, required=False, help_text="Until the status line of the answer; 10 by default."
    )
    retry_seconds = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LONGEST_PAUSE),
        max_length=MOST_RETRIES,
        required=False,
        help_text="Pause before each further attempt; `[]`: the usual plan, a bit more than three days.",
    )

    def to_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Validated data under the names of the model."""
        fields = dict(data)
        if "events" in fields:
            fields["patterns"] = fields.pop("events")
        return fields


class EndpointCreateSerializer(EndpointFieldsSerializer):
    """For a new one."""

    url = UrlField()
    session = serializers.UUIDField(required=False, allow_null=True, help_text="Only this session's events.")
    workspace = serializers.UUIDField(required=False, help_text="If you belong to several.")


class SessionEndpointCreateSerializer(EndpointFieldsSerializer):
    """For a new one of a session."""

    url = UrlField()


class EnableSerializer(serializers.Serializer[Any]):
    missed = serializers.BooleanField(
        default=True, help_text="Deliver what happened meanwhile, as far as the log goes back; false: from now on."
    )


class RotateSerializer(serializers.Serializer[Any]):
    overlap_hours = serializers.IntegerField(
        min_value=0, max_value=720, default=24, help_text="How long the secrets before it sign as well."
    )


class ReplayCreateSerializer(serializers.Serializer[Any]):
    """A time range of the event log."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField(required=False, help_text="Now by default.")
    events = PatternsField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "until" in attrs and attrs["until"] <= attrs["since"]:
            raise serializers.ValidationError({"until": ["Must be later than `since`."]})
        return attrs


class ReplayDeliveriesSerializer(serializers.Serializer[Any]):
    """Which deliveries: some by id, or all dead ones."""

    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=500, required=False)
    state = serializers.ChoiceField(["dead"], required=False, help_text="All that were given up.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in attrs) == ("state" in attrs):
            raise serializers.ValidationError('Give either `ids` or `"state": "dead"`.')
        return attrs

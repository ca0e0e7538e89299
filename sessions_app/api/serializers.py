"""Sessions over REST: what comes in, and the description of what goes out (made by `payloads.session_payload`)."""

from typing import Any

from rest_framework import serializers

from sessions_app.engine.states import Reason, State
from sessions_app.models import Desired, HistorySync, PairingMethod, Provider
from sessions_app.proxies import SCHEMES

from .fields import LabelsField, MetadataField, PhoneField, WebhookDefaultsField


class SessionSettingsSerializer(serializers.Serializer[Any]):
    """What people set about a session; what is left out stays."""

    metadata = MetadataField(required=False)
    labels = LabelsField(required=False)
    ignore_groups = serializers.BooleanField(required=False, help_text="Messages in groups: not stored, no events.")
    ignore_status = serializers.BooleanField(required=False, help_text="The same for status updates.")
    ignore_channels = serializers.BooleanField(required=False, help_text="The same for channels.")
    reject_calls = serializers.BooleanField(required=False, help_text="Refuse every call at once.")
    reject_calls_text = serializers.CharField(
        max_length=1000, allow_blank=True, required=False, help_text="What who calls is written then; empty: nothing."
    )
    autostart = serializers.BooleanField(
        required=False, help_text="Does it come back by itself after the platform was down?"
    )
    device_name = serializers.CharField(
        max_length=50, allow_blank=True, required=False, help_text="What the phone lists. Counts when pairing."
    )
    history_sync = serializers.ChoiceField(
        HistorySync.choices,
        required=False,
        help_text="How much of what was said before is kept: nothing, the last months, or all. Counts when pairing.",
    )
    webhook_defaults = WebhookDefaultsField(required=False)
    rate_per_minute = serializers.IntegerField(
        min_value=0,
        max_value=6000,
        allow_null=True,
        required=False,
        help_text="Messages that may leave in a minute; 0 is no limit, null what the provider has by default.",
    )
    rate_burst = serializers.IntegerField(
        min_value=1,
        max_value=1000,
        allow_null=True,
        required=False,
        help_text="Messages that may leave at once after a quiet time.",
    )
    rate_jitter = serializers.FloatField(
        min_value=0, max_value=60, required=False, help_text="Seconds that a message waits at most besides, at random."
    )
    queue_limit = serializers.IntegerField(
        min_value=1,
        max_value=1_000_000,
        allow_null=True,
        required=False,
        help_text="Messages that may wait; beyond them sending answers 429. Null: the platform's limit.",
    )


class SessionCreateSerializer(SessionSettingsSerializer):
    """A new session."""

    name = serializers.CharField(max_length=100, help_text="For people; need not be unique.")
    provider = serializers.ChoiceField(
        Provider.choices,
        default=Provider.WHATSAPP,
        help_text="`sandbox` is a WhatsApp of our own with simulated phones.",
    )
    workspace = serializers.UUIDField(required=False, help_text="One of yours; by default your oldest.")


class SessionUpdateSerializer(SessionSettingsSerializer):
    """What can be changed; what is left out stays."""

    name = serializers.CharField(max_length=100, required=False)


class SessionStartSerializer(serializers.Serializer[Any]):
    """How to pair, if no account is linked yet. By default the way chosen before, at first by QR code."""

    method = serializers.ChoiceField(PairingMethod.choices, required=False)
    phone = PhoneField(required=False, help_text="Of the phone that will type the pairing code.")


class PairByCodeSerializer(serializers.Serializer[Any]):
    """Which phone is to be linked."""

    phone = PhoneField(help_text="Of the phone that will type the pairing code.")


class ProxyUpdateSerializer(serializers.Serializer[Any]):
    """A proxy for one session."""

    url = serializers.CharField(
        max_length=1000, help_text="`scheme://host:port` with http, https or socks5; it may hold the credentials."
    )
    username = serializers.CharField(max_length=255, required=False, allow_blank=True, trim_whitespace=False)
    password = serializers.CharField(
        max_length=255, required=False, allow_blank=True, trim_whitespace=False, write_only=True
    )


class ProxySerializer(serializers.Serializer[Any]):
    """The session's own proxy, without its credentials."""

    scheme = serializers.ChoiceField(SCHEMES)
    host = serializers.CharField()
    port = serializers.IntegerField()
    has_credentials = serializers.BooleanField()


class RestrictionSerializer(serializers.Serializer[Any]):
    """What WhatsApp keeps the account from."""

    code = serializers.CharField(help_text="`reachout_timelock`: no messages to people it has no chat with.")
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(help_text="Our estimate where WhatsApp does not say.")


class ProxyNowSerializer(serializers.Serializer[Any]):
    """As in the session itself."""

    proxy = ProxySerializer(allow_null=True)


class SessionSerializer(serializers.Serializer[Any]):
    """One WhatsApp account linked to the platform as a companion device."""

    id = serializers.UUIDField()
    workspace = serializers.UUIDField()
    name = serializers.CharField()
    provider = serializers.ChoiceField(Provider.choices)
    desired = serializers.ChoiceField(Desired.choices, help_text="What people want; the platform makes it so.")
    state = serializers.ChoiceField([state.value for state in State], help_text="What it is now.")
    reason = serializers.ChoiceField([reason.value for reason in Reason], help_text="Why, for programs.")
    text = serializers.CharField(help_text="Why, for people, and what to do.")
    state_at = serializers.DateTimeField(allow_null=True)
    state_expires_at = serializers.DateTimeField(allow_null=True, help_text="End of a temporary ban.")
    phone = serializers.CharField(help_text="E.164; empty until an account is linked.")
    jid = serializers.CharField(help_text="The account's address by phone number.")
    lid = serializers.CharField(help_text="The account's address without phone number.")
    push_name = serializers.CharField()
    paired_at = serializers.DateTimeField(allow_null=True)
    connected_at = serializers.DateTimeField(allow_null=True)
    last_inbound_at = serializers.DateTimeField(allow_null=True)
    keepalive = serializers.ChoiceField(
        ["answered", "unanswered"],
        allow_null=True,
        help_text="While connected: does WhatsApp answer? Asked every 20 to 30 s.",
    )
    created_at = serializers.DateTimeField()
    metadata = serializers.DictField(child=serializers.CharField())
    labels = serializers.ListField(child=serializers.CharField())
    ignore_groups = serializers.BooleanField()
    ignore_status = serializers.BooleanField()
    ignore_channels = serializers.BooleanField()
    reject_calls = serializers.BooleanField()
    reject_calls_text = serializers.CharField()
    autostart = serializers.BooleanField()
    device_name = serializers.CharField()
    history_sync = serializers.ChoiceField(HistorySync.choices)
    webhook_defaults = WebhookDefaultsField()
    rate_per_minute = serializers.IntegerField(allow_null=True)
    rate_burst = serializers.IntegerField(allow_null=True)
    rate_jitter = serializers.FloatField()
    queue_limit = serializers.IntegerField(allow_null=True)
    restriction = RestrictionSerializer(allow_null=True)
    proxy = ProxySerializer(allow_null=True, help_text="PUT and DELETE /sessions/{id}/proxy change it.")


class QrSerializer(serializers.Serializer[Any]):
    """A QR code to scan before it expires; the next one follows by itself."""

    qr = serializers.CharField(help_text="The payload to draw. It holds pairing secrets: show it, do not keep it.")
    index = serializers.IntegerField(help_text="Which of `total`, from 1.")
    total = serializers.IntegerField()
    expires_at = serializers.DateTimeField()


class PairingCodeSerializer(serializers.Serializer[Any]):
    """A code to type into WhatsApp on the phone: Linked devices, Link with phone number instead."""

    code = serializers.CharField()
    phone = serializers.CharField(help_text="E.164")
    expires_at = serializers.DateTimeField()

"""Requests and answers about broadcasts."""

from datetime import datetime, timedelta
from typing import Any

from rest_framework import serializers

from messaging.api.templates import VariablesField
from messaging.audience.api.serializers import TimeZoneField
from messaging.broadcasts.models import BroadcastState, CheckState, RecipientState
from messaging.broadcasts.recurrence import BadRule, rule_check
from messaging.delivery import MomentField
from messaging.fields import ChatField, StrictTextField
from messaging.templating.services import KINDS_ALLOWED

CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
VARIANTS = 10
SESSIONS = 100
CALENDAR_SPAN = timedelta(days=100)


def number(most: int, **options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=most, required=False, **options)


class Strict(serializers.Serializer[Any]):
    """A part of a body: nothing unknown in it."""

    def to_internal_value(self, data: Any) -> Any:
        if unknown := sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []:
            sentence = f"There is no such field; there are {', '.join(self.fields)}."
            raise serializers.ValidationError({str(name)[:60]: [sentence] for name in unknown})
        return super().to_internal_value(data)


class AudienceSerializer(Strict):
    """Whom it goes to: everybody that one of them names, once."""

    lists = serializers.ListField(child=serializers.UUIDField(), max_length=100, required=False)
    segments = serializers.ListField(child=serializers.UUIDField(), max_length=100, required=False)
    contacts = serializers.ListField(child=serializers.UUIDField(), max_length=500, required=False)
    everybody = serializers.BooleanField(required=False, help_text="All contacts of the workspace.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {
            name: [str(pk) for pk in value] if isinstance(value, list) else value
            for name, value in attrs.items()
            if value
        }


class VariantSerializer(Strict):
    """What a share of the recipients reads."""

    name = serializers.CharField(max_length=40, required=False, default="")
    weight = serializers.IntegerField(min_value=1, max_value=1000, default=1)
    template = StrictTextField(max_length=64, required=False, help_text="Id or name; instead of `kind` and `content`.")
    kind = serializers.ChoiceField(sorted(KINDS_ALLOWED), required=False)
    content = serializers.DictField(
        required=False, help_text="What a request to send this kind holds, without `to`; texts with `{{variables}}`."
    )
    defaults = VariablesField(help_text="For recipients that lack a variable.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("template" in attrs) == ("content" in attrs):
            raise serializers.ValidationError("Give either `template` or `content`.")
        return attrs


class PaceSerializer(Strict):
    """Of each session, over all its broadcasts; 0: no limit."""

    per_minute = number(600)
    per_hour = number(10_000)
    per_day = number(100_000)
    jitter = serializers.FloatField(
        min_value=0, max_value=10, required=False, help_text="Each gap is up to so many times longer, at random."
    )
    batch_size = number(10_000, help_text="After so many the session rests for `batch_pause` seconds.")
    batch_pause = number(86_400)
    first_contacts_per_day = number(10_000, help_text="Of people whom the account has no chat with.")
    warm_up_start = number(10_000, help_text="Messages on the day the account was linked.")
    warm_up_growth = serializers.FloatField(
        min_value=1, max_value=10, required=False, help_text="That cap grows by this each day; 1.5 by default."
    )


class HoursSerializer(Strict):
    """When people may be written to; what is due outside waits."""

    opens = serializers.RegexField(CLOCK, required=False, help_text="09:00")
    closes = serializers.RegexField(CLOCK, required=False, help_text="20:00; before `opens`: on the next day.")
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=7), max_length=7, required=False, help_text="1 is Monday."
    )
    zone = serializers.ChoiceField(
        [("broadcast", "the broadcast's"), ("recipient", "the recipient's")], required=False, help_text="Whose clock."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("opens" in attrs) != ("closes" in attrs):
            raise serializers.ValidationError("Give both `opens` and `closes`.")
        return attrs


class BroadcastOptionsSerializer(Strict):
    """Everything is off unless said."""

    footer = serializers.BooleanField(required=False, help_text="Adds the workspace's footer (`/broadcasts/consent`).")
    spintax = serializers.BooleanField(required=False, help_text="`{Hi|Hello}` becomes one of them.")
    failover = serializers.BooleanField(
        required=False, help_text="What a session cannot send for now goes to the others."
    )
    local_time = serializers.BooleanField(
        required=False, help_text="`scheduled_at` counts by each recipient's own clock."
    )
    late_minutes = number(43_200, help_text="After an outage: not begun later than this. 0: caught up with.")
    number_check = serializers.BooleanField(
        required=False, help_text="WhatsApp is asked about each number first; who is not there is skipped."
    )
    typing = serializers.BooleanField(required=False, help_text="Shows typing for some seconds before each message.")
    breaker_minutes = number(1440, help_text="How long a session rests that mostly fails; 30 by default.")


class BroadcastUpdateSerializer(serializers.Serializer[Any]):
    """What can be changed of a draft; given fields are replaced as a whole."""

    name = serializers.CharField(max_length=100, required=False)
    sessions = serializers.ListField(
        child=serializers.UUIDField(), max_length=SESSIONS, required=False, help_text="They share the load."
    )
    audience = AudienceSerializer(required=False)
    variants = serializers.ListField(child=VariantSerializer(), max_length=VARIANTS, required=False)
    pace = PaceSerializer(required=False)
    hours = HoursSerializer(required=False)
    options = BroadcastOptionsSerializer(required=False)
    scheduled_at = MomentField(required=False, allow_null=True, help_text="With time zone; by default at launch.")
    ends_at = MomentField(required=False, allow_null=True, help_text="Whoever has not got it by then is skipped.")
    time_zone = TimeZoneField(max_length=60, required=False)
    recurrence = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        help_text="RRULE, from `scheduled_at` on: FREQ=WEEKLY;BYDAY=MO.",
    )

    def validate_recurrence(self, value: str) -> str:
        try:
            if value:
                rule_check(value)
        except BadRule as error:
            raise serializers.ValidationError(str(error)) from error
        return value


class BroadcastCreateSerializer(BroadcastUpdateSerializer):
    """A new draft."""

    workspace = serializers.UUIDField(required=False, help_text="One of yours; by default your oldest.")
    name = serializers.CharField(max_length=100)


class CountsSerializer(serializers.Serializer[Any]):
    """Recipients by state."""

    total = serializers.IntegerField()
    pending = serializers.IntegerField()
    skipped = serializers.IntegerField()
    queued = serializers.IntegerField()
    sent = serializers.IntegerField()
    delivered = serializers.IntegerField()
    read = serializers.IntegerField()
    replied = serializers.IntegerField()
    failed = serializers.IntegerField()
    unconfirmed = serializers.IntegerField()


class BroadcastSerializer(serializers.Serializer[Any]):
    """A message to many."""

    id = serializers.UUIDField()
    workspace = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(BroadcastState.choices)
    reason = serializers.CharField(allow_null=True)
    sessions = serializers.ListField(child=serializers.UUIDField())
    audience = serializers.DictField()
    variants = serializers.ListField(child=serializers.DictField())
    previews = serializers.ListField(
        child=serializers.DictField(), help_text="Of the links of its texts, as far as they are looked up."
    )
    pace = serializers.DictField()
    hours = serializers.DictField()
    options = serializers.DictField()
    scheduled_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    time_zone = serializers.CharField()
    recurrence = serializers.CharField(allow_null=True)
    series = serializers.UUIDField(allow_null=True, help_text="The recurring one that made this.")
    expanded = serializers.BooleanField(help_text="All of its audience are recipients by now.")
    counts = CountsSerializer()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class BroadcastRecipientSerializer(serializers.Serializer[Any]):
    """Where somebody stands."""

    id = serializers.UUIDField()
    jid = serializers.CharField()
    phone = serializers.CharField()
    addressee = serializers.UUIDField(allow_null=True)
    session = serializers.UUIDField(allow_null=True)
    state = serializers.ChoiceField(RecipientState.choices)
    reason = serializers.CharField(allow_null=True)
    variant = serializers.IntegerField()
    message = serializers.UUIDField(allow_null=True)
    due_at = serializers.DateTimeField()
    queued_at = serializers.DateTimeField(allow_null=True)
    changed_at = serializers.DateTimeField(allow_null=True)


class CheckSerializer(serializers.Serializer[Any]):
    """Whether it may be launched. While it runs there are `state`, `done` and `total` only."""

    state = serializers.ChoiceField(CheckState.choices)
    done = serializers.IntegerField(help_text="How many it has looked at.")
    total = serializers.IntegerField()
    ok = serializers.BooleanField()
    recipients = serializers.IntegerField(help_text="Different ones, with those who are suppressed.")
    duplicates = serializers.IntegerField(help_text="Named by several parts of the audience; they get one message.")
    suppressed = serializers.IntegerField()
    suppressed_first = serializers.ListField(child=serializers.DictField(), help_text="The first hundred of them.")
    first_contacts = serializers.IntegerField(help_text="Whom no session of the broadcast has a chat with.")
    seconds = serializers.FloatField(
        allow_null=True, help_text="From its beginning to the last message, by pace and hours; null: over ten years."
    )
    incomplete = serializers.IntegerField(help_text="Recipients that lack a variable.")
    lacking = serializers.ListField(child=serializers.DictField(), help_text="The first hundred of them.")
    problems = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class ForContactSerializer(serializers.Serializer[Any]):
    """Filled in for whom."""

    contact = serializers.UUIDField(help_text="Whose variables fill it in.")
    variant = serializers.IntegerField(min_value=0, max_value=VARIANTS, default=0)


class TestSendSerializer(ForContactSerializer):
    """One message to try it."""

    session = serializers.UUIDField(required=False, help_text="By default the first of the broadcast.")
    to = ChatField(required=False, help_text="By default the session's own number.")


class BroadcastPreviewSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    content = serializers.DictField()
    text = serializers.CharField()


class InsightSerializer(serializers.Serializer[Any]):
    """How it goes."""

    state = serializers.ChoiceField(BroadcastState.choices)
    reason = serializers.CharField(allow_null=True)
    counts = CountsSerializer()
    rate_per_minute = serializers.FloatField()
    estimated_end = serializers.DateTimeField(allow_null=True)
    reasons = serializers.ListField(child=serializers.DictField(), help_text="{state, reason, count}, most first.")
    sessions = serializers.ListField(child=serializers.DictField(), help_text="{session, name, counts, blocked}.")
    timeline = serializers.ListField(child=serializers.DictField(), help_text="{at, count} by minute or hour.")


class PlannedSerializer(serializers.Serializer[Any]):
    """A time at which a broadcast begins, or began."""

    broadcast = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(BroadcastState.choices)
    at = serializers.DateTimeField()
    recurring = serializers.BooleanField(help_text="One of the times of a recurring broadcast.")


class CalendarSerializer(serializers.Serializer[Any]):
    results = PlannedSerializer(many=True)
    more = serializers.BooleanField(help_text="There are more than these; ask for fewer days.")


class ZonedField(serializers.DateTimeField):
    """Any moment, with its time zone: without one nobody can know which is meant."""

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise serializers.ValidationError(MomentField.default_error_messages["no_zone"])
        return super().enforce_timezone(value)


class SpanSerializer(serializers.Serializer[Any]):
    """At most 100 days."""

    workspace = serializers.UUIDField(required=False, help_text="One of yours; by default all of them.")
    since = ZonedField(help_text="With time zone.")
    until = ZonedField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["since"] < attrs["until"] <= attrs["since"] + CALENDAR_SPAN:
            raise serializers.ValidationError(
                {"until": [f"Write a time after `since`, at most {CALENDAR_SPAN.days} days."]}
            )
        return attrs


class RetriedSerializer(serializers.Serializer[Any]):
    retried = serializers.IntegerField()


class ConsentSerializer(serializers.Serializer[Any]):
    """How people opt out and in."""

    workspace = serializers.UUIDField(required=False)
    enabled = serializers.BooleanField(default=True)
    stop_words = serializers.ListField(child=serializers.CharField(max_length=60), max_length=50, default=list)
    start_words = serializers.ListField(child=serializers.CharField(max_length=60), max_length=50, default=list)
    stop_text = serializers.CharField(max_length=1000, default="", allow_blank=True)
    start_text = serializers.CharField(max_length=1000, default="", allow_blank=True)
    footer = serializers.CharField(max_length=200, default="", allow_blank=True)

"""When and how a message leaves, whatever its kind; and how many may wait."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from rest_framework import serializers

from sessions_app.models import Session
from sessions_app.pacing import pace_of
from whatsapp_api.core.errors import ApiError

from .models import Message, MessageState, OnUnknown, Priority
from .scheduling import in_time

PRIORITIES = {priority.label: priority for priority in Priority}
RETRY_SECONDS = 5


class MomentField(serializers.DateTimeField):
    """A time to come, with its time zone: without one nobody can know which is meant."""

    default_error_messages = {
        "no_zone": "Write a time with its zone, such as 2026-01-31T12:00:00Z or 2026-01-31T12:00:00+01:00.",
        "not_in_time": "Give a time to come, at most {days} days ahead.",
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("no_zone")
        return super().enforce_timezone(value)

    def to_internal_value(self, value: Any) -> datetime:
        moment: datetime = super().to_internal_value(value)
        if not in_time(moment):
            self.fail("not_in_time", days=settings.SCHEDULE_AT_MOST_DAYS)
        return moment


class DeliverySerializer(serializers.Serializer[Any]):
    """When it leaves, and what if nobody knows whether it did."""

    scheduled_at = MomentField(required=False, help_text="When it is to leave, with time zone; by default now.")
    priority = serializers.ChoiceField(
        list(PRIORITIES), required=False, help_text="`bulk` leaves when nothing `interactive` (the default) waits."
    )
    on_unknown = serializers.ChoiceField(
        OnUnknown.choices,
        required=False,
        help_text="When nobody can know whether it left: `hold` (the default) leaves it `unconfirmed`; `resend` sends "
        "it again, so that the recipient may get it twice.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    scheduled_at: datetime | None = None
    priority: int = Priority.INTERACTIVE
    on_unknown: str = OnUnknown.HOLD

    @property
    def state(self) -> MessageState:
        return MessageState.SCHEDULED if self.scheduled_at else MessageState.QUEUED


def delivery_of(body: Mapping[str, Any]) -> Delivery:
    """From a body that is valid for DeliverySerializer."""
    return Delivery(
        scheduled_at=body.get("scheduled_at"),
        priority=PRIORITIES[body.get("priority") or Priority.INTERACTIVE.label],
        on_unknown=body.get("on_unknown") or OnUnknown.HOLD,
    )


def require_room(session: Session, state: str) -> None:
    """429 while as many messages wait in this state as the session allows. One look into an index, not a count."""
    limit = session.queue_limit or settings.QUEUE_LIMIT
    waiting = Message.objects.filter(session_id=session.pk, state=state).order_by()
    if waiting.values_list("pk")[limit - 1 : limit]:
        pace = pace_of(session)
        seconds = max(RETRY_SECONDS, math.ceil(1 / pace.per_second)) if pace.per_second else RETRY_SECONDS
        raise ApiError(
            "queue_full",
            f"{limit} messages are {state} in this session, as many as it takes; try again when some have left.",
            http_status=429,
            headers={"Retry-After": str(seconds)},
        )

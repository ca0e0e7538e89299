"""Events that people plan."""

from datetime import UTC, datetime
from typing import Any

from .content import Content, about, finite, given


def _event(part: Any) -> Content:
    place = given(
        name=part.location.name,
        address=part.location.address,
        latitude=finite(part.location.degreesLatitude),
        longitude=finite(part.location.degreesLongitude),
    )
    details = given(
        description=part.description,
        location=place,
        join_link=part.joinLink,
        starts_at=_time(part.startTime),
        ends_at=_time(part.endTime),
    )
    return Content("event", part.name, details={"name": part.name, **details, "canceled": part.isCanceled})


def _answer(part: Any) -> Content:
    key = part.eventCreationMessageKey
    return Content("event_reply", "", key.ID, about(key))  # who comes is encrypted once more


def _time(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") if seconds else ""
    except (ValueError, OverflowError, OSError):
        return ""


READERS = {"eventMessage": _event, "encEventResponseMessage": _answer}

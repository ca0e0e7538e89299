"""The next time of a recurring broadcast, by RFC 5545's RRULE on the wall clock of its time zone."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, rrule, rrulestr  # type: ignore[import-untyped]

HORIZON = timedelta(days=2 * 366)


class BadRule(ValueError):
    """Its text says what to write."""


def next_time(rule: str, first: datetime, zone: str, after: datetime) -> datetime | None:
    """The first time of the rule later than `after`; None when there is none within two years."""
    clock = ZoneInfo(zone)
    start = first.astimezone(clock).replace(tzinfo=None)
    local = after.astimezone(clock).replace(tzinfo=None)
    # The end bounds the search: a rule such as 30 February would look till the year 9999.
    times = rule_check(rule, start).replace(until=local + HORIZON)
    found = times.after(local)
    return found.replace(tzinfo=clock).astimezone(UTC) if found else None


def times_between(rule: str, first: datetime, zone: str, since: datetime, until: datetime) -> list[datetime]:
    """The rule's times from `first` on that lie between the two."""
    clock = ZoneInfo(zone)
    start, after, before = (at.astimezone(clock).replace(tzinfo=None) for at in (first, max(since, first), until))
    times = rule_check(rule, start).replace(until=before)
    found = times.between(after, before, inc=True)
    return [at.replace(tzinfo=clock).astimezone(UTC) for at in found if at < before]


def rule_check(rule: str, start: datetime | None = None) -> Any:
    """Raises BadRule."""
    text = rule.strip().upper().removeprefix("RRULE:")
    if "UNTIL" in text or "\n" in text or "DTSTART" in text:
        raise BadRule("Write a rule without UNTIL and DTSTART, such as FREQ=WEEKLY;BYDAY=MO,TH.")
    try:
        parsed = rrulestr(text, dtstart=start or datetime(2026, 1, 1, 12))  # noqa: DTZ001 (wall clock)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise BadRule("This is no RRULE; write one such as FREQ=WEEKLY;BYDAY=MO,TH.") from error
    if not isinstance(parsed, rrule) or parsed._freq > DAILY:
        raise BadRule("At most once a day: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY.")
    several = parsed._byhour, parsed._byminute, parsed._bysecond
    if any(each is not None and len(each) > 1 for each in several):
        raise BadRule("At most once a day: leave out BYHOUR, BYMINUTE and BYSECOND.")
    return parsed

"""When people may be written to: hours of the day and days of the week, by a clock on somebody's wall.

`hours`: {"opens": "09:00", "closes": "20:00", "weekdays": [1..7, Monday first], "zone": "recipient" | "broadcast"};
all optional. A window may pass midnight: 22:00 to 02:00 belongs to the day on which it begins.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import timezone as number_zones

DAYS_AHEAD = 9


def allowed_from(hours: Mapping[str, Any], zone: str, now: datetime) -> datetime:
    """`now` if sending is allowed, otherwise the next moment at which it is."""
    if not hours.get("opens") and not hours.get("weekdays"):
        return now
    clock = ZoneInfo(zone)
    local = now.astimezone(clock)
    begins, ends = parse_time(hours.get("opens")), parse_time(hours.get("closes"))
    for days in range(-1, DAYS_AHEAD):
        day = local.date() + timedelta(days=days)
        if hours.get("weekdays") and day.isoweekday() not in hours["weekdays"]:
            continue
        opens = datetime.combine(day, begins, clock).astimezone(UTC)
        closes = datetime.combine(day + timedelta(days=int(ends <= begins)), ends, clock).astimezone(UTC)
        if now < closes:
            return max(now, opens)
    return now + timedelta(days=1)


def zone_of(jid: str, zone: str, default: str) -> str:
    """The recipient's time zone: what is known of them, else their number's country if it has only one."""
    return zone or _zone_of_number(jid.partition("@")[0]) or default if jid.endswith("@s.whatsapp.net") else default


@lru_cache(maxsize=4096)
def _zone_of_number(digits: str) -> str:
    try:
        zones = number_zones.time_zones_for_number(phonenumbers.parse(f"+{digits}"))
        ZoneInfo(zones[0])
    except (phonenumbers.NumberParseException, KeyError, ValueError, OSError):
        return ""
    return str(zones[0]) if zones[0] != "Etc/Unknown" else ""


def parse_time(text: str | None) -> time:
    return time.fromisoformat(text) if text else time(0)

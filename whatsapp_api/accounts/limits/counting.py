"""Counting requests by django-ratelimit, on Redis; and what happens while Redis is away."""

import logging
import math
import time
from dataclasses import dataclass

from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest
from django_ratelimit.core import get_usage
from redis.exceptions import RedisError

from whatsapp_api.core.errors import ApiError
from whatsapp_api.core.metrics import UNCOUNTED

logger = logging.getLogger(__name__)

PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
AWAY_SECONDS = 5.0  # after a fault Redis is not asked again for so long: a request must not wait for its deadline
# Used for logins while Redis is away: people can still log in, and guessing stays slow in each process.
local = LocMemCache("allowance", {})


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of an allowance is used up in the running window."""

    limit: int
    count: int
    seconds_left: float

    @property
    def exceeded(self) -> bool:
        return self.count > self.limit

    @property
    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers (version 03, the widely read one) names them."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - self.count)),
            "RateLimit-Reset": str(max(1, math.ceil(self.seconds_left))),
        }


@dataclass(slots=True)
class Outage:
    """Redis's absence as this process sees it."""

    until: float = 0.0
    uncounted: int = 0

    def pass_one(self) -> None:
        self.uncounted += 1
        UNCOUNTED.inc()

    def begin(self) -> None:
        if time.monotonic() >= self.until:
            logger.warning("Requests are not counted: Redis does not answer (%d so far)", self.uncounted)
        self.until = time.monotonic() + AWAY_SECONDS


outage = Outage()


def count(request: HttpRequest, group: str, who: str, rate: str) -> Usage | None:
    """Counts this request of `who`; None while Redis is away."""
    if time.monotonic() < outage.until:
        outage.pass_one()
        return None
    try:
        found = get_usage(request, group=group, key=lambda *_: who, rate=rate, increment=True)
    except RedisError:
        outage.begin()
        outage.pass_one()
        return None
    return Usage(found["limit"], found["count"], found["time_left"])


def count_locally(group: str, who: str, rate: str) -> Usage:
    """The same within this process only."""
    limit, _, period = rate.partition("/")
    seconds = PERIODS[period]
    window, passed = divmod(time.time(), seconds)
    key = f"{group}:{who}:{int(window)}"
    local.add(key, 0, timeout=seconds)
    return Usage(int(limit), local.incr(key), seconds - passed)


def refusal(usage: Usage, whose: str) -> ApiError:
    """429 with what the caller needs to try again at the right time."""
    wait = max(1, math.ceil(usage.seconds_left))
    return ApiError(
        "rate_limited",
        f"Too many requests {whose}; try again in {wait} seconds.",
        http_status=429,
        headers={"Retry-After": str(wait), **usage.headers},
    )

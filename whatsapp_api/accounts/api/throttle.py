"""How often one address may ask for tokens: guessing passwords must be slow."""

import math
import time

from django.conf import settings
from django.core.cache.backends.locmem import LocMemCache
from django_ratelimit.core import get_usage
from redis.exceptions import RedisError
from rest_framework.request import Request

from whatsapp_api.core.errors import ApiError

PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# Used while Redis is away: people can still log in, and guessing stays slow in each process.
_local = LocMemCache("token-allowance", {})


def require_allowance(request: Request, group: str) -> None:
    """Counts this request; raises 429 when the address has used up its share."""
    rate: str = settings.TOKEN_RATES[group]
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        usage = get_usage(request, group=f"auth.{group}", key=lambda *_: address, rate=rate, increment=True)
        too_many, seconds = (usage["should_limit"], usage["time_left"]) if usage else (False, 0)
    except RedisError:
        too_many, seconds = _count_locally(f"{group}:{address}", rate)
    if too_many:
        wait = max(1, math.ceil(seconds))
        raise ApiError(
            "rate_limited",
            f"Too many requests for tokens from your address; try again in {wait} seconds.",
            http_status=429,
            headers={"Retry-After": str(wait)},
        )


def _count_locally(name: str, rate: str) -> tuple[bool, float]:
    limit, _, period = rate.partition("/")
    seconds = PERIODS[period]
    window, passed = divmod(time.time(), seconds)
    key = f"{name}:{int(window)}"
    _local.add(key, 0, timeout=seconds)
    return _local.incr(key) > int(limit), seconds - passed

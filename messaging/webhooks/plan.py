"""When a delivery is tried again, and when an endpoint as a whole gets a rest. All in seconds."""

import random
from collections.abc import Sequence

# Pauses before each further attempt: a bit more than three days in all, then the delivery is dead.
RETRY_SECONDS = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 86400, 86400)
MOST_RETRIES = 30
LONGEST_PAUSE = 7 * 86400

# After so many failures in a row the endpoint is down rather than unlucky: one attempt now and then, until one works.
TRIP_AFTER = 5
REST_FIRST = 1.0
REST_MOST = 60.0
RETRY_AFTER_MOST = 3600.0


def retry_plan(own: Sequence[int]) -> Sequence[int]:
    """An endpoint's own plan, or the usual one."""
    return own or RETRY_SECONDS


def retry_pause(plan: Sequence[int], step: int) -> float | None:
    """Seconds until the attempt after failure number `step` (from 0), with jitter; None when there is none."""
    return jittered(plan[step]) if step < len(plan) else None


def rest(trips: int) -> float:
    """How long the circuit stays open after `trips` probes that failed."""
    return jittered(min(REST_MOST, REST_FIRST * 2 ** min(trips, 10)))


def jittered(seconds: float) -> float:
    """Between half and all of it: those who failed together do not come back together."""
    return seconds * (0.5 + random.random() / 2)  # noqa: S311 - spreads load, guards nothing

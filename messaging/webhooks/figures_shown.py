"""Success rate and latency of a day, as a picture."""

from typing import Any

from .models import Endpoint
from .selectors import figures_of, success_rate

WIDTH, HEIGHT = 120, 28


def figures_shown(endpoint: Endpoint) -> dict[str, Any]:
    """The rate in percent, the number of attempts, an SVG polyline of average milliseconds by the hour, and its end."""
    hours = figures_of(endpoint)
    rate = success_rate(hours)
    averages = [each["average_ms"] for each in hours]
    known = [each for each in averages if each is not None]
    line = points(averages)
    return {
        "rate": None if rate is None else f"{rate * 100:.1f} %",
        "is_bad": rate is not None and rate < 0.95,
        "attempts": sum(each["succeeded"] + each["failed"] for each in hours),
        "slowest": max(known, default=None),
        "points": line,
        "last": line.split(" ")[-1].split(",") if line else None,
    }


def points(values: list[int | None]) -> str:
    """Hours without a delivery are left out; the highest value touches the top."""
    most = max((value for value in values if value is not None), default=0) or 1
    step = WIDTH / max(1, len(values) - 1)
    shown = [(number * step, value) for number, value in enumerate(values) if value is not None]
    shown = shown if len(shown) > 1 else shown * 2  # a line of no length shows as a dot
    return " ".join(f"{x:.1f},{HEIGHT - 2 - value / most * (HEIGHT - 4):.1f}" for x, value in shown)

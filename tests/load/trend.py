"""Does a figure grow? The slope of a straight line through its samples, without the time in which all warms up."""

from collections.abc import Sequence
from dataclasses import dataclass

WARM_UP = 0.25
FEWEST = 8


@dataclass(frozen=True, slots=True)
class Trend:
    """`per_hour` in the figure's unit; `share`: the same as a share of its mean."""

    mean: float
    per_hour: float

    @property
    def share(self) -> float:
        return self.per_hour / self.mean if self.mean else 0.0


def trend(times: Sequence[float], values: Sequence[float], *, total: float) -> Trend | None:
    """Least squares over the samples after the first quarter of `total` seconds; None when they are too few."""
    kept = [(at, value) for at, value in zip(times, values, strict=True) if at >= WARM_UP * total]
    if len(kept) < FEWEST:
        return None
    mean_at = sum(at for at, _ in kept) / len(kept)
    mean = sum(value for _, value in kept) / len(kept)
    spread = sum((at - mean_at) ** 2 for at, _ in kept)
    slope = sum((at - mean_at) * (value - mean) for at, value in kept) / spread if spread else 0.0
    return Trend(mean, slope * 3600)

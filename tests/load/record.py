"""What was measured: latencies as they come, samples every few seconds, and what is still on its way."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.bench.figures import p50, p95

Sample = dict[str, float]


@dataclass
class Way:
    """Messages of one direction by name: when each began, and when its end was seen. Either may come first."""

    began: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)

    def begin(self, name: str, at: float) -> float | None:
        """The time that it took, when its end is known already."""
        self.began[name] = at
        return self._took(name)

    def end(self, name: str) -> float | None:
        self.ended.setdefault(name, time.monotonic())
        return self._took(name)

    def missing(self) -> list[str]:
        return [name for name in self.began if name not in self.ended]

    def _took(self, name: str) -> float | None:
        if name in self.began and name in self.ended:
            return max(0.0, self.ended[name] - self.began[name])
        return None


class Record:
    """One run."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.samples: list[Sample] = []
        self.latencies: dict[str, list[float]] = defaultdict(list)
        self.counts: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.out, self.into = Way(), Way()
        self._window: dict[str, list[float]] = defaultdict(list)
        self._counted: Counter[str] = Counter()
        self._window_began = self.started

    def begin(self) -> None:
        """The clock starts when all sessions are linked."""
        self.started = self._window_began = time.monotonic()

    def took(self, name: str, seconds: float | None) -> None:
        if seconds is not None:
            self.latencies[name].append(seconds)
            self._window[name].append(seconds)

    def sample(self, figures: Sample) -> None:
        """What was seen now, beside rates and latencies since the last sample."""
        now = time.monotonic()
        width = max(now - self._window_began, 0.001)
        line: Sample = {"t": now - self.started, **figures}
        for name, values in self._window.items():
            if values:
                line[f"{name} p50 ms"], line[f"{name} p95 ms"] = p50(values) * 1000, p95(values) * 1000
        for name, count in self.counts.items():
            line[f"{name} a second"] = (count - self._counted[name]) / width
        self.samples.append(line)
        self._window.clear()
        self._counted, self._window_began = Counter(self.counts), now

    def totals(self) -> dict[str, Any]:
        """Of the whole run."""
        return {
            "counts": dict(self.counts),
            "errors": dict(self.errors),
            "missing": {"out": len(self.out.missing()), "in": len(self.into.missing())},
            "latencies_ms": {
                name: {
                    "p50": p50(all_) * 1000,
                    "p95": p95(all_) * 1000,
                    "longest": max(all_) * 1000,
                    "count": len(all_),
                }
                for name, all_ in self.latencies.items()
                if all_
            },
        }

"""Where every app registers figures that are looked up when Prometheus asks (shown by `whatsapp_api.metrics`)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Samples = list[tuple[tuple[str, ...], float]]


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure with its labels; samples: label values, in the order of `labels`, and the value."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    samples: Samples = field(default_factory=list)


Source = Callable[[], Iterable[Gauge]]

_sources: dict[str, Source] = {}


def gauges_register(name: str, source: Source) -> None:
    """Called when Django starts. `source` may query the database or Redis, and may fail."""
    _sources[name] = source


def sources() -> dict[str, Source]:
    return dict(_sources)

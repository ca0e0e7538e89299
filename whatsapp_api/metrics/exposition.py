"""What Prometheus reads: the counters of all processes here, and figures looked up now."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for

from django.db import close_old_connections
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from whatsapp_api.core.gauges import Gauge, Source, sources

LOOK_SECONDS = 2.0

_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="metrics")


def render() -> bytes:
    """The text format, 0.0.4. A source that fails or takes too long is missing, and `wa_source_up` says which."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_Lookups())
    return generate_latest(registry)


class _Lookups(Collector):
    """The gauges of every app."""

    def collect(self) -> Iterator[Metric]:
        found, failed = look()
        up = GaugeMetricFamily("wa_source_up", "Whether the figures of a source could be had.", labels=["source"])
        for name in sources():
            up.add_metric([name], 0.0 if name in failed else 1.0)
        yield up
        for gauge in found:
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels)
            for labels, value in gauge.samples:
                family.add_metric(labels, value)
            yield family


def look() -> tuple[list[Gauge], set[str]]:
    """The gauges of all sources, and the names of those that brought none."""
    futures = {name: _pool.submit(_ask, source) for name, source in sources().items()}
    wait_for(futures.values(), timeout=LOOK_SECONDS)
    failed = {name for name, future in futures.items() if not future.done() or future.exception() is not None}
    found = [gauge for name, future in futures.items() if name not in failed for gauge in future.result()]
    for name in failed:
        futures[name].cancel()
    return found, failed


def _ask(source: Source) -> list[Gauge]:
    close_old_connections()
    try:
        return list(source())
    finally:
        close_old_connections()

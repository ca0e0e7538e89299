"""OpenTelemetry traces, where OTEL_EXPORTER_OTLP_ENDPOINT says where they go. Otherwise nothing of it is loaded.

The SDK reads the OTEL_ variables of its specification itself. A trace is followed through processes by its
`traceparent` (W3C Trace Context), which travels in Redis beside what it speaks of: a trace may be lost, a message not.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
ENABLED = any(os.environ.get(name) for name in ENDPOINTS) and os.environ.get("OTEL_SDK_DISABLED", "").lower() != "true"
MIDDLEWARE = "whatsapp_api.core.tracing_middleware.TracingMiddleware"
traceparent: ContextVar[str] = ContextVar("traceparent", default="")
"""Of the span that is under way in this thread or task; empty when there is none."""


@contextmanager
def span(name: str, *, parent: str = "", kind: str = "INTERNAL", **attributes: Any) -> Iterator[Any]:
    """A span around a block, below `parent` or what is under way; what the block logs and starts belongs to it."""
    from opentelemetry import trace
    from opentelemetry.propagate import inject

    found = _tracer().start_as_current_span(
        name,
        context=_context(parent or traceparent.get()),
        kind=trace.SpanKind[kind],
        attributes=attributes,
    )
    with found as opened:
        carrier: dict[str, str] = {}
        inject(carrier)
        token = traceparent.set(carrier.get("traceparent", ""))
        try:
            yield opened
        finally:
            traceparent.reset(token)


def span_past(name: str, *, parent: str, began: float, ended: float, fault: str = "", **attributes: Any) -> str:
    """A span of something that is over, Unix times; its own `traceparent`."""
    from opentelemetry import trace
    from opentelemetry.propagate import inject

    made = _tracer().start_span(name, context=_context(parent), start_time=_ns(began), attributes=attributes)
    if fault:
        made.set_status(trace.StatusCode.ERROR, fault)
    made.end(_ns(max(began, ended)))
    carrier: dict[str, str] = {}
    inject(carrier, context=trace.set_span_in_context(made))
    return carrier.get("traceparent", "")


def _context(parent: str) -> Any:
    from opentelemetry.propagate import extract

    return extract({"traceparent": parent} if parent else {})


def _ns(seconds: float) -> int:
    return int(seconds * 1_000_000_000)


@lru_cache(maxsize=1)
def _tracer() -> Any:
    """Made when the first span of a process is; its exporter is a thread, which the SDK starts anew after a fork."""
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise ImproperlyConfigured("Traces are asked for: pip install -r requirements-otel.txt") from error
    from .log_formats import process_name

    # A collector that is away is told of once, not with every batch.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    resource = Resource.create(
        {
            "service.name": os.environ.get("OTEL_SERVICE_NAME") or "whatsapp-api",
            "service.instance.id": f"{process_name()}:{os.getpid()}",
        }
    )
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider.get_tracer("whatsapp_api")

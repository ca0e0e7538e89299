"""A collector of traces: takes OTLP over HTTP, keeps the spans."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """Ids as hexadecimal text; `process`: who drew it."""

    name: str
    trace: str
    id: str
    parent: str
    process: str
    seconds: float
    attributes: dict[str, str]


class Collector:
    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.endpoint = ""

    def trace(self, trace_id: str) -> dict[str, Span]:
        """Spans of one trace by name."""
        return {span.name: span for span in list(self.spans) if span.trace == trace_id}

    def take(self, body: bytes) -> None:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            about = {item.key: item.value.string_value for item in group.resource.attributes}
            process = about["service.instance.id"].partition(":")[0]
            self.spans += [_span(span, process) for scope in group.scope_spans for span in scope.spans]


def _span(made: Any, process: str) -> Span:
    return Span(
        name=made.name,
        trace=made.trace_id.hex(),
        id=made.span_id.hex(),
        parent=made.parent_span_id.hex(),
        process=process,
        seconds=(made.end_time_unix_nano - made.start_time_unix_nano) / 1e9,
        attributes={item.key: item.value.string_value for item in made.attributes},
    )


@contextmanager
def collector() -> Iterator[Collector]:
    kept = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.take(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()

"""Counters and histograms of every process on this machine, for Prometheus.

Each process writes to files of its own below DATA_DIR/run/metrics (prometheus_client's multiprocess mode), and any of
them can add up all. Names follow Prometheus: base units, `_total` for counters. Labels take few values, never an id.
"""

import os
import socket

from .paths import data_dir

FOLDER = data_dir() / "run" / "metrics"
# Read by prometheus_client when it is imported.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(FOLDER))
FOLDER.mkdir(parents=True, exist_ok=True)

from prometheus_client import Counter, Histogram, values  # noqa: E402

# Containers that share DATA_DIR have the same process ids.
values.ValueClass = values.MultiProcessValue(  # type: ignore[no-untyped-call]
    lambda: f"{socket.gethostname().replace('_', '-')}-{os.getpid()}"
)

QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)

HTTP_SECONDS = Histogram(
    "wa_http_request_seconds", "Answering a request.", ("method", "route", "status"), buckets=QUICK
)
TASK_SECONDS = Histogram("wa_task_seconds", "Running a Celery task.", ("task", "outcome"), buckets=SLOW)
EVENTS = Counter("wa_events", "Events published, by type.", ("type",))
UNCOUNTED = Counter("wa_requests_uncounted", "Requests let through without a rate limit, Redis being away.")
SENDS = Counter("wa_sends", "Messages settled, by outcome.", ("outcome",))
SEND_SECONDS = Histogram("wa_send_seconds", "From due until WhatsApp took the message.", buckets=SLOW)
ACK_SECONDS = Histogram("wa_ack_seconds", "From sent until the receipt of a level.", ("level",), buckets=SLOW)
HOSTS = Counter("wa_hosts", "Session hosts that came up or did not.", ("outcome",))
SESSION_ENDS = Counter("wa_session_ends", "Sessions that lost their host, by why.", ("why",))
SESSION_STARTS = Counter("wa_session_starts", "Engine starts of sessions, by outcome.", ("outcome",))

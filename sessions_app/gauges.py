"""Sessions, workers and hosts as figures for Prometheus."""

from collections.abc import Iterator

from django.db.models import Count

from whatsapp_api.core.gauges import Gauge, Samples, gauges_register

from .live_status import statuses_read
from .models import Session


def register() -> None:
    gauges_register("sessions", sessions)
    gauges_register("hosts", hosts)


def sessions() -> Iterator[Gauge]:
    """How many are in which state, and how many each worker carries."""
    rows = Session.objects.filter(deleted_at=None).order_by()
    by_state = rows.values_list("state").annotate(count=Count("pk"))
    yield Gauge("wa_sessions", "Sessions by state.", ("state",), [((state,), count) for state, count in by_state])
    by_owner = rows.exclude(owner="").values_list("owner").annotate(count=Count("pk"))
    samples: Samples = [((owner,), float(count)) for owner, count in by_owner]
    yield Gauge("wa_worker_sessions", "Sessions that a worker carries.", ("worker",), samples)


def hosts() -> Iterator[Gauge]:
    """Processes of the sessions workers, as they told of themselves seconds ago."""
    statuses = statuses_read().values()
    lines = [((status.node, str(host.pid), host.provider), host) for status in statuses for host in status.hosts]
    labels = ("worker", "pid", "provider")
    yield Gauge("wa_host_sessions", "Sessions in a host.", labels, [(at, len(host.sessions)) for at, host in lines])
    yield Gauge("wa_host_resident_bytes", "Resident memory of a host.", labels, [(at, host.rss) for at, host in lines])
    yield Gauge("wa_host_open_fds", "Open files of a host.", labels, [(at, host.fds) for at, host in lines])
    workers = [((status.node,), status) for status in statuses]
    yield Gauge("wa_worker_resident_bytes", "Resident memory.", ("worker",), [(at, it.rss) for at, it in workers])
    yield Gauge("wa_worker_open_fds", "Open files.", ("worker",), [(at, it.fds) for at, it in workers])

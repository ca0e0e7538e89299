"""Sessions and their workers, for `/api/health`."""

from django.db.models import Count

from whatsapp_api.core.health import Finding, degraded, hosts_register, ok, part_register

from .cluster.models import Node
from .engine.states import State
from .live_status import LATE_SECONDS, silences_read, statuses_read
from .models import Desired, Provider, Session

TROUBLED = (State.DEGRADED, State.RECONNECTING, State.FAILED)
WHATSAPP_HOST = "web.whatsapp.com"


def register() -> None:
    part_register("sessions_workers", sessions_workers, begins=True)
    part_register("sessions", sessions)
    hosts_register("sessions", hosts)


def hosts() -> list[str]:
    """What an account that shall be connected has to find; simulated ones need nothing."""
    wanted = Session.objects.filter(desired=Desired.STARTED, deleted_at=None, provider=Provider.WHATSAPP)
    return [WHATSAPP_HOST] if wanted.exists() else []


def sessions_workers() -> Finding:
    """Workers that hold a lease, and whether each speaks."""
    alive = {node.name: node for node in Node.objects.filter(dead_at=None)}
    heard = {name for name, seconds in silences_read().items() if seconds <= LATE_SECONDS}
    speaking = {name: status for name, status in statuses_read().items() if name in heard}
    nodes = {
        name: {"capacity": node.capacity, "draining": node.draining, "sessions": len(speaking[name].sessions)}
        for name, node in alive.items()
        if name in speaking
    }
    silent = sorted(set(alive) - set(speaking))
    wanted = Session.objects.filter(desired=Desired.STARTED, deleted_at=None).exists()
    if not nodes:
        text = "No sessions worker runs: no account is connected." if wanted else "No sessions worker runs."
        return degraded(text, nodes=nodes, silent=silent)
    if silent:
        return degraded(f"Workers hold a lease and say nothing: {', '.join(silent)}.", nodes=nodes, silent=silent)
    return ok(nodes=nodes)


def sessions() -> Finding:
    """How many are in which state. One account in trouble is its own affair, half of them are ours."""
    rows = Session.objects.filter(deleted_at=None).order_by()
    states = dict(rows.values_list("state").annotate(count=Count("pk")))
    wanted = rows.filter(desired=Desired.STARTED)
    total = wanted.count()
    troubled = wanted.filter(state__in=TROUBLED).count()
    if troubled > 1 and troubled * 2 > total:
        return degraded(f"{troubled} of {total} started sessions are not connected.", states=states)
    return ok(states=states)

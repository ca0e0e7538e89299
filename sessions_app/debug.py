"""Everything that helps to find out why a session does not do what it should. It holds no secrets."""

import logging
from collections.abc import Mapping
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import redis

from sessions_app.engine.states import State
from whatsapp_api.core.formats import from_unix, iso
from whatsapp_api.events.models import Event, EventType

from .cluster.models import Node
from .hooks import activity
from .live_status import KEPT, WorkerStatus, statuses_read
from .models import Session
from .proxies import proxy_payload

logger = logging.getLogger(__name__)

HISTORY = 20
WELL = frozenset({State.STOPPED, State.STARTING, State.SCAN_QR, State.PAIRING_CODE, State.CONNECTED})

Statuses = Mapping[str, WorkerStatus] | None


def workers() -> Statuses:
    """What the sessions workers say of themselves; None when Redis is away."""
    try:
        return statuses_read()
    except redis.RedisError as error:
        logger.warning("The status of workers cannot be read: %s", type(error).__name__)
        return None


def session_debug(session: Session, statuses: Statuses) -> dict[str, Any]:
    """All there is about one session."""
    history = state_history(session)
    return {
        **session_summary(session, statuses),
        "reason": session.reason,
        "text": session.explanation,
        "state_at": iso(session.state_at),
        "generation": session.generation,
        "state_generation": session.state_generation,
        "isolated_until": iso(session.isolated_until),
        "proxy": proxy_payload(session),
        "lease": _lease(session.owner),
        "worker": _worker(session, statuses),
        "live": _live(session, statuses),
        "history": history,
        "errors": [entry for entry in history if State(entry["state"]) not in WELL],
    }


def session_summary(session: Session, statuses: Statuses) -> dict[str, Any]:
    """What fits a line of a table."""
    status = _status(session, statuses)
    host = status.host_of(session.pk) if status else None
    messages = activity(session.pk)
    return {
        "session": str(session.pk),
        "name": session.name,
        "provider": session.provider,
        "desired": session.desired,
        "state": session.state,
        "owner": session.owner,
        "epoch": session.epoch,
        "note": note(session, statuses),
        "host": {**asdict(host), "sessions": len(host.sessions)} if host else None,
        "queue": {"queued": messages.queued, "sending": messages.sending, "unconfirmed": messages.unconfirmed},
        "last_message_at": iso(messages.last_at),
        "last_inbound_at": iso(session.last_inbound_at),
    }


def note(session: Session, statuses: Statuses) -> str:
    """Why there is no host to be seen; empty when there is nothing to explain."""
    if statuses is None:
        return "Redis cannot be reached, so nothing is known of workers and hosts."
    if not statuses:
        return "No sessions worker runs. `make run` starts the platform with one."
    if not session.owner:
        return "No worker carries it." if session.is_final else "No worker has taken it yet."
    if session.owner not in statuses:
        return f"Its worker has said nothing for {KEPT} seconds: it ended, or it hangs."
    if statuses[session.owner].host_of(session.pk) is None and not session.is_final:
        return "Its worker has no host for it at the moment."
    return ""


def state_history(session: Session) -> list[dict[str, Any]]:
    """The newest states in the event log, newest first; news of the session that left its state alone are left out."""
    events = Event.objects.filter(session_id=session.pk, type=EventType.SESSION_STATUS)
    rows = events.order_by("-sequence").values_list("created_at", "payload")[:HISTORY]
    entries = [{"at": iso(at), **{name: payload[name] for name in ("state", "reason", "text")}} for at, payload in rows]
    changes = [entry for entry, older in pairwise(entries) if _state(entry) != _state(older)]
    return [*changes, *entries[-1:]]


def _state(entry: dict[str, Any]) -> list[Any]:
    return [entry[name] for name in ("state", "reason", "text")]


def _status(session: Session, statuses: Statuses) -> WorkerStatus | None:
    return (statuses or {}).get(session.owner)


def _lease(owner: str) -> dict[str, Any] | None:
    node = Node.objects.filter(name=owner).first() if owner else None
    if node is None:
        return None
    return {
        "machine": node.host,
        "capacity": node.capacity,
        "draining": node.draining,
        "beats": node.beats,
        "started_at": iso(node.started_at),
        "seen_at": iso(node.seen_at),
        "buried_at": iso(node.buried_at),
        "dead_at": iso(node.dead_at),
        "cause": node.cause,
    }


def _worker(session: Session, statuses: Statuses) -> dict[str, Any] | None:
    status = _status(session, statuses)
    if status is None:
        return None
    about = {"pid": status.pid, "rss": status.rss, "fds": status.fds, "said_at": iso(from_unix(status.at))}
    return {**about, "hosts": len(status.hosts), "sessions": len(status.sessions)}


def _live(session: Session, statuses: Statuses) -> dict[str, Any] | None:
    status = _status(session, statuses)
    live = status.sessions.get(str(session.pk)) if status else None
    if live is None:
        return None
    return {**asdict(live), "heard_at": _iso(live.heard_at), "answered_at": _iso(live.answered_at)}


def _iso(moment: float | None) -> str | None:
    return iso(from_unix(moment)) if moment else None

"""What a sessions worker says of itself every few seconds, in Redis: for people who look for a fault, nothing more.

No decision hangs on it. It disappears by itself when the worker does.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from whatsapp_api.core.redis import ages

from .quick_redis import client

EVERY = 1.5  # seconds
KEPT = 12  # seconds
LATE_SECONDS = 3.2  # one missed: with the second that an answer counts, `/api/health` tells within five


@dataclass(frozen=True, slots=True, kw_only=True)
class HostStatus:
    """One host process, and the sessions placed in it."""

    pid: int
    provider: str
    alone: bool
    age: float
    rss: int
    fds: int
    threads: int
    sessions: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStatus:
    """One session as its worker sees it. `failures`: starts in a row that did not last.

    What its host last said, in Unix seconds: a message or receipt came at `heard_at`; `silences` keepalives (one every
    20 to 30 s) have had no answer since `answered_at`.
    """

    state: str
    seconds: float
    failures: int
    sending: bool
    waits_to_send: bool
    heard_at: float | None = None
    silences: int = 0
    answered_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStatus:
    """The worker's own process, its hosts and its sessions."""

    node: str
    at: float
    pid: int
    rss: int
    fds: int
    hosts: list[HostStatus]
    sessions: dict[str, LiveStatus]

    def host_of(self, session_id: Any) -> HostStatus | None:
        return next((host for host in self.hosts if str(session_id) in host.sessions), None)


def status_write(status: WorkerStatus) -> None:
    client().set(_key(status.node), json.dumps(asdict(status)), ex=KEPT)


def status_clear(node: str) -> None:
    client().delete(_key(node))


def statuses_read() -> dict[str, WorkerStatus]:
    """Every worker that said something lately, by name. Raises RedisError when Redis is away."""
    keys = list(client().scan_iter(_key("*"), count=1000))
    found = cast("list[bytes | None]", client().mget(keys)) if keys else []
    statuses = [_parse(data) for data in found if data]
    return {status.node: status for status in statuses}


def silences_read() -> dict[str, float]:
    """Seconds since each worker last said something. Raises RedisError."""
    return ages(client(), _key(""), kept=KEPT)


def _parse(data: bytes) -> WorkerStatus:
    read = json.loads(data)
    hosts = [HostStatus(**host) for host in read.pop("hosts")]
    sessions = {name: LiveStatus(**live) for name, live in read.pop("sessions").items()}
    return WorkerStatus(**read, hosts=hosts, sessions=sessions)


def _key(node: str) -> str:
    return f"wa:status:{node}"

"""What a sink gets and what it says."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An endpoint as far as a sink needs to know it. `secrets`: keys with the end of their validity."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    username: str = ""
    password: str = field(default="", repr=False)
    secrets: Sequence[tuple[bytes, datetime | None]] = field(default=(), repr=False)
    timeout: float = 10.0
    concurrency: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One event on its way. `body` is the same bytes at every attempt."""

    delivery_id: uuid.UUID
    event_id: uuid.UUID
    event_type: str
    workspace_id: str
    session_id: str
    attempt: int  # from 1
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side said. `retry_after`: it asks for so many seconds.

    `gone`: it wants nothing more, ever. `final`: it will never take this very event, while it is well otherwise.
    """

    ok: bool
    status: int | None = None
    text: str = ""
    error: str = ""
    gone: bool = False
    final: bool = False
    retry_after: float = 0.0


class SinkFault(Exception):
    """There was no answer; the text says why, for people."""


class BadTarget(ValueError):
    """The address cannot be used; the text says why and what to write."""


class Sink(Protocol):
    """Belongs to one event loop; `send` is called concurrently, up to the endpoint's concurrency."""

    async def send(self, packet: Packet) -> Answer:
        """Within the target's timeout; raises SinkFault."""

    async def close(self) -> None: ...

"""Faults that the control API asks for, and which of them applies right now.

A fault applies to one account or to all, a number of times and/or for a time; without either it stays until cleared.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MOMENTARY = frozenset({"reset", "stream_error_503", "replaced", "device_removed", "poison"})
"""Done to connected clients at once, then over."""
LASTING = frozenset(
    {"refuse", "failure", "nack", "iq_429", "silence", "hang_upgrade", "delay", "refs", "garble", "media_gone"}
)
KINDS = MOMENTARY | LASTING
ONCE = frozenset({"failure", "nack", "iq_429", "refs", "garble"})
"""Used once unless a count or a time is given."""


@dataclass(slots=True)
class Fault:
    """One fault; `account` is a phone number, `remaining` counts down on each use."""

    id: str
    kind: str
    account: str | None = None
    remaining: int | None = None
    until: float | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def active(self) -> bool:
        """Whether it can still apply."""
        return (self.remaining is None or self.remaining > 0) and (self.until is None or time.monotonic() < self.until)

    def as_json(self) -> dict[str, Any]:
        """The fault as the control API shows it."""
        left = None if self.until is None else max(0.0, round(self.until - time.monotonic(), 3))
        return {
            "id": self.id,
            "kind": self.kind,
            "account": self.account,
            "remaining": self.remaining,
            "seconds_left": left,
            **self.options,
        }


class Faults:
    """The faults that are set."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}
        self._ids = itertools.count(1)
        self._listeners: list[Callable[[], None]] = []
        self._changed = asyncio.Event()

    def on_clear(self, listener: Callable[[], None]) -> None:
        """Call this when a fault may be over."""
        self._listeners.append(listener)

    def add(
        self, kind: str, account: str | None, count: int | None, seconds: float | None, options: dict[str, Any]
    ) -> Fault:
        """Set a fault."""
        until = None if seconds is None else time.monotonic() + seconds
        fault = Fault(str(next(self._ids)), kind, account, count, until, options)
        self._faults[fault.id] = fault
        return fault

    def all(self) -> list[Fault]:
        """The faults that can still apply."""
        self._faults = {key: fault for key, fault in self._faults.items() if fault.active()}
        return list(self._faults.values())

    def find(self, kind: str, account: str | None = None) -> Fault | None:
        """The oldest active fault of a kind for an account (or for all)."""
        if not self._faults:
            return None
        matches = (f for f in self.all() if f.kind == kind and f.account in (None, account))
        return next(matches, None)

    def take(self, kind: str, account: str | None = None) -> Fault | None:
        """Like find(), and counts it as used once."""
        fault = self.find(kind, account)
        if fault is not None and fault.remaining is not None:
            fault.remaining -= 1
        return fault

    def clear(self, fault_id: str | None = None) -> bool:
        """Clear one fault, or all; False when there is no such fault."""
        if fault_id is None:
            self._faults.clear()
        elif self._faults.pop(fault_id, None) is None:
            return False
        self.changed()
        return True

    def changed(self) -> None:
        """A fault has been cleared, or its time is over."""
        for listener in self._listeners:
            listener()
        self._changed.set()
        self._changed = asyncio.Event()

    async def over(self, fault: Fault) -> None:
        """Wait until a fault does not apply any more."""
        while fault.id in self._faults and (fault.until is None or time.monotonic() < fault.until):
            await self._changed.wait()

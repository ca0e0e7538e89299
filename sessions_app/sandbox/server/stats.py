"""What the sandbox counts. Tests and operators read it through ``GET /control/stats``."""

from __future__ import annotations

from collections import Counter
from typing import Any

TOTALS = ("connections", "logins", "registrations", "links", "replaced", "messages_in", "messages_out", "duplicates")


class Stats:
    """Totals since the process started, and the same per account (by phone number)."""

    def __init__(self) -> None:
        self._totals: Counter[str] = Counter()
        self._accounts: dict[str, Counter[str]] = {}
        self._refused_hosts: Counter[str] = Counter()
        self._unknown_iqs: Counter[str] = Counter()

    def count(self, name: str, account: str | None = None, by: int = 1) -> None:
        """Add to a total and, when it belongs to one, to an account's."""
        self._totals[name] += by
        if account is not None:
            self._accounts.setdefault(account, Counter())[name] += by

    def refused(self, host: str) -> None:
        """A client asked the proxy for a host that is not ours."""
        self._refused_hosts[host[:255]] += 1

    def unknown_iq(self, description: str) -> None:
        """A request that was answered with an empty result because nothing here knows it."""
        self._unknown_iqs[description[:255]] += 1

    def as_json(self) -> dict[str, Any]:
        """All counters."""
        return {
            **{name: self._totals[name] for name in TOTALS},
            **self._totals,
            "refused_hosts": dict(self._refused_hosts),
            "unknown_iqs": dict(self._unknown_iqs),
            "accounts": {number: dict(counter) for number, counter in self._accounts.items()},
        }

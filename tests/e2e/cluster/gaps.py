"""How long each account was without a connection, as its WhatsApp server sees it."""

import threading
import time
from collections.abc import Iterable
from typing import Any, Self

import httpx

from sessions_app.sandbox.client import SandboxClient

EVERY = 0.05


class Gaps:
    """Samples the sandbox while it runs; `longest` by number of the account, in seconds."""

    def __init__(self, sandbox: SandboxClient, numbers: Iterable[str]) -> None:
        self.longest = dict.fromkeys(numbers, 0.0)
        self._offline: dict[str, float] = {}
        self._sandbox = sandbox
        self._before = self._counts()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(10)

    @property
    def all_online(self) -> bool:
        self._sample()
        return not self._offline

    @property
    def moved(self) -> dict[str, int]:
        """How often each account connected anew."""
        now = self._counts()
        return {
            number: count
            for number in self.longest
            if (count := now["logins"][number] - self._before["logins"][number])
        }

    @property
    def replaced(self) -> int:
        """How many connections were pushed aside by a second one of the same account."""
        return sum(self._counts()["replaced"].values()) - sum(self._before["replaced"].values())

    def begin(self) -> None:
        """Forget what was before."""
        self.longest = dict.fromkeys(self.longest, 0.0)
        self._before = self._counts()

    def summary(self) -> str:
        hit = sorted(gap for number, gap in self.longest.items() if number in self.moved)
        if not hit:
            return "no session moved"
        return f"{len(hit)} sessions moved; gap median {hit[len(hit) // 2]:.2f} s, longest {hit[-1]:.2f} s"

    def _counts(self) -> dict[str, dict[str, int]]:
        accounts: dict[str, dict[str, int]] = self._sandbox.stats()["accounts"]
        return {
            name: {number: accounts.get(number, {}).get(name, 0) for number in self.longest}
            for name in ("logins", "replaced")
        }

    def _run(self) -> None:
        while not self._ended.wait(EVERY):
            self._sample()

    def _sample(self) -> None:
        try:
            phones: list[dict[str, Any]] = self._sandbox.request("GET", "/phones").json()["phones"]
        except httpx.TransportError:
            return
        now = time.monotonic()
        for phone in phones:
            number = phone["phone"]
            if number not in self.longest:
                continue
            if any(device["online"] for device in phone["devices"]):
                self._offline.pop(number, None)
            else:
                since = self._offline.setdefault(number, now)
                self.longest[number] = max(self.longest[number], now - since)

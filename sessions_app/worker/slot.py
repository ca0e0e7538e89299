"""One host process and the sessions placed in it."""

import time
import uuid
from concurrent.futures import Future
from typing import Any

from sessions_app.engine.client import HostProcess


class Slot:
    """From before the process is spawned until it is gone."""

    def __init__(self, provider: str, *, alone: bool = False, spare: bool = False) -> None:
        self.provider = provider
        self.alone = alone
        self.spare = spare  # up and waiting for whoever needs a host next
        self.places: set[uuid.UUID] = set()
        self.leaving: set[uuid.UUID] = set()  # for these the end of the process is no surprise
        self.ready: Future[HostProcess] = Future()
        self.dead = False
        self.asked = False  # we ended it: no crash
        self.born = time.monotonic()
        self.asking = False  # a question for statistics is under way
        self.stats: dict[str, Any] = {}  # the last answer
        self.worn = ""  # why it takes nobody in any more: its sessions move out one by one
        self.turn: uuid.UUID | None = None  # whose turn it is to move

    @property
    def host(self) -> HostProcess:
        """The process; only when `ready` is done and fine."""
        return self.ready.result(timeout=0)

    @property
    def up(self) -> HostProcess | None:
        """The process, if it has come up; it may be gone again."""
        return self.ready.result() if self.ready.done() and self.ready.exception() is None else None

    @property
    def shared(self) -> bool:
        """Does it take in sessions, as far as there is room?"""
        return not (self.alone or self.spare or self.dead or self.worn)

    def end(self, *, grace: float) -> None:
        """End the process, whatever state it is in; returns when it is gone."""
        if (host := self.up) is not None:  # first: who finds us dead asks at once whether that was a crash
            self.asked = self.asked or host.alive
        self.dead = True
        if (host := self.up) is not None:  # again: it may have come up just now
            self.asked = self.asked or host.alive
            host.shutdown(grace=grace)

    def next_turn(self) -> None:
        """Let the next session move out of a worn host; one that cannot now comes round again."""
        waiting = sorted(self.places - self.leaving)
        later = [each for each in waiting if self.turn is None or each > self.turn]
        self.turn = next(iter(later or waiting), None)

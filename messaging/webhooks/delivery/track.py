"""How far a cursor has come: up to the first event whose outcome is not known yet."""

import uuid
from collections import deque
from collections.abc import Callable


class Track:
    """`reached` says how far its source has been read; `position` may be stored: everything up to it is settled."""

    def __init__(self, reached: Callable[[], int], *, replay_id: uuid.UUID | None = None) -> None:
        self.replay_id = replay_id
        self.delivered = 0
        self.failed = 0
        self._reached = reached
        self._open: deque[int] = deque()
        self._settled: set[int] = set()

    @property
    def position(self) -> int:
        return self._open[0] - 1 if self._open else self._reached()

    @property
    def is_idle(self) -> bool:
        return not self._open

    def begin(self, sequence: int) -> Callable[[bool], None]:
        """An event is under way; call the answer once its row is handed to the recorder."""
        self._open.append(sequence)

        def done(delivered: bool) -> None:
            self.delivered += delivered
            self.failed += not delivered
            self._settled.add(sequence)
            while self._open and self._open[0] in self._settled:
                self._settled.discard(self._open.popleft())

        return done

    def take_counts(self) -> tuple[int, int]:
        """Delivered and failed since the last call."""
        counts = self.delivered, self.failed
        self.delivered = self.failed = 0
        return counts

"""A worker's view of the others: who has been silent for how long? Pure logic, no input and no output."""

from collections.abc import Callable, Mapping

from whatsapp_api.core.clock import steady

Beats = int | None
"""How often a node has beaten, as one witness knows it; None when that witness knows nothing of it."""


class Silence:
    """What one witness told us, and since when it has told the same. Time is our own clock's, from seeing on."""

    def __init__(self, *, clock: Callable[[], float] = steady) -> None:
        self._clock = clock
        self.source = ""
        self._asked = float("-inf")
        self._seen: dict[str, tuple[Beats, float]] = {}

    def note(self, beats: Mapping[str, Beats], *, asked: float, source: str = "") -> None:
        """A complete reading, noted after it arrived. `asked`: what the clock showed before it was asked for.

        `source` names the run of the server: one that was restarted may have lost the newest beats, and what it
        shows again is no sign of silence.
        """
        now, self._asked = self._clock(), asked
        if source != self.source:
            self.source, self._seen = source, {}
        kept = {}
        for node, value in beats.items():
            seen = self._seen.get(node)
            kept[node] = seen if seen is not None and seen[0] == value else (value, now)
        self._seen = kept

    def silent(self, node: str, *, ttl: float) -> bool:
        """Did we see no new beat of `node` for `ttl`? While we cannot read, nobody grows silent."""
        seen = self._seen.get(node)
        return seen is not None and self._asked - seen[1] >= ttl

    def last(self, node: str) -> Beats:
        """The value that it is silent at."""
        seen = self._seen.get(node)
        return seen[0] if seen is not None else None

    def nodes(self) -> list[str]:
        return list(self._seen)

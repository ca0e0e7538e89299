"""Pieces of work that stop wherever a message is under way, so that a test decides what happens meanwhile."""

from collections.abc import Callable

from greenlet import getcurrent, greenlet


class Lost(Exception):
    """The message, or its answer, never arrived."""


class Task:
    """Ordinary blocking code; `step` lets it go on until its next message."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._strand = greenlet(self._run)
        self.step()

    @property
    def done(self) -> bool:
        return self._strand.dead

    def step(self, fate: type[BaseException] | None = None) -> None:
        """`fate` is raised where it waits."""
        if not self.done:
            self._strand.switch(fate)

    def _run(self, _: object) -> None:
        try:
            self._work()
        except Lost:
            pass


def under_way() -> None:
    """A message leaves, or an answer comes back; called inside a task."""
    strand = getcurrent()
    assert strand.parent is not None
    if fate := strand.parent.switch():
        raise fate

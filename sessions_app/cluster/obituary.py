"""What the parent of a dead worker says for it. Imported only when there is something to say."""

import os
import threading
from pathlib import Path

from .life_file import LifeFile

DEADLINE = 5.0


class Obituary:
    """`files`: the life files of the nodes that the worker was, its name being the last part."""

    def __init__(self, files: list[str]) -> None:
        self._lives = {path.name: LifeFile(path.parent, path.name) for path in map(Path, files)}
        self._prepared = threading.Thread(target=_set_up_django, daemon=True)
        self._prepared.start()  # takes about as long as hosts take to end

    def hosts_are_gone(self, *, wait: float) -> bool:
        """Is no process of these nodes left?"""
        return all(life.gone(wait=wait) for life in self._lives.values())

    def publish(self, *, cause: str) -> list[str]:
        """Release the leases in both witnesses and wake the other workers; the names of those it was news for."""
        self._prepared.join()
        from .announce import node_release

        released = [name for name in self._lives if node_release(name, cause=cause, deadline=DEADLINE)]
        for life in self._lives.values():
            life.remove()
        return released


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whatsapp_api.settings")
    import django

    django.setup()

"""What the parent of a dead worker says for it. Imported only when there is something to say."""

import os
from pathlib import Path

from .life_file import LifeFile

TOLD_WITHIN = 1.5  # seconds until another worker has released it; then we load Django and do it ourselves
DEADLINE = 5.0


class Obituary:
    """`files`: the life files of the nodes that the worker was, its name being the last part."""

    def __init__(self, files: list[str], redis_url: str) -> None:
        self._lives = {path.name: LifeFile(path.parent, path.name) for path in map(Path, files)}
        self._redis_url = redis_url

    def hosts_are_gone(self, *, wait: float) -> bool:
        """Is no process of these nodes left?"""
        return all(life.gone(wait=wait) for life in self._lives.values())

    def publish(self, *, cause: str) -> list[str]:
        """See that the leases are released in both witnesses and the other workers woken; which ones now are."""
        released = list(self._lives) if self._told() else self._release(cause)
        for life in self._lives.values():
            life.remove()
        return released

    def _told(self) -> bool:
        """Redis is enough where others live, who have everything loaded."""
        if not self._redis_url:
            return False
        import redis

        from .last_word import LastWord

        try:
            return LastWord(self._redis_url).tell(list(self._lives), wait=TOLD_WITHIN)
        except (redis.RedisError, OSError):
            return False

    def _release(self, cause: str) -> list[str]:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whatsapp_api.settings")
        import django

        django.setup()
        from .announce import node_release

        return [name for name in self._lives if node_release(name, cause=cause, deadline=DEADLINE)]

"""Work that one process does at a time, and that another may take over soon after that process died.

For work that does no harm when it is done twice: a process that was frozen for longer than its claim goes on with it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.core.cache import cache
from redis.exceptions import RedisError

SECONDS = 30


@contextmanager
def exclusive(name: str, *, seconds: int = SECONDS) -> Iterator[bool]:
    """True inside for whoever comes first, until the block ends or, when its process dies, for `seconds` more."""
    if not cache.add(name, 1, timeout=seconds):
        yield False
        return
    done = threading.Event()
    renewing = threading.Thread(target=_renew, args=(name, seconds, done), daemon=True)
    renewing.start()
    try:
        yield True
    finally:
        done.set()
        renewing.join()
        with suppress(RedisError):  # it ends by itself
            cache.delete(name)


def _renew(name: str, seconds: int, done: threading.Event) -> None:
    while not done.wait(seconds / 3):
        with suppress(RedisError):
            cache.touch(name, seconds)

"""One client per process, under the operator's settings: its kept connections serve all who ask."""

import functools
import os

from django.conf import settings

from .client import GuardedClient


def outgoing() -> GuardedClient:
    """The client of this process."""
    return _client(os.getpid())  # a fork must not share its parent's connections


@functools.lru_cache(maxsize=1)
def _client(pid: int) -> GuardedClient:
    return GuardedClient(settings.OUTGOING_POLICY)

"""How many connections a user may hold, counted in each web process: it holds without Redis, too."""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from whatsapp_api.core.errors import ApiError

_taken: Counter[uuid.UUID] = Counter()


@contextmanager
def place(user_id: uuid.UUID) -> Iterator[None]:
    """One of the user's places for as long as the block runs; ApiError 429 when all are taken."""
    limit: int = settings.EVENT_CONNECTIONS_PER_USER
    if _taken[user_id] >= limit:
        raise ApiError(
            "too_many_connections",
            f"You hold {limit} connections for events already (EVENT_CONNECTIONS_PER_USER); close some of them.",
            http_status=429,
            headers={"Retry-After": "10"},
        )
    _taken[user_id] += 1
    try:
        yield
    finally:
        _taken[user_id] -= 1
        if not _taken[user_id]:
            del _taken[user_id]

"""`Idempotency-Key`: however often a request is made, it makes one message.

The row of a key is written in the transaction of its message, so that a crash at any moment leaves both or neither, and
its uniqueness decides between requests that come at the same time: the second waits for the first one's commit, in the
database itself, and then answers with its message.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from whatsapp_api.core.db import is_conflict
from whatsapp_api.core.errors import ApiError, Conflict

from .models import IdempotencyKey, Message

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x20-\x7e]{1,255}")
PAGE = 1000


class Replayed(Exception):
    """The request was made before; `message` is what it made."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message.pk))
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """One key of a workspace, and the request that it stands for."""

    workspace_id: uuid.UUID
    dedup_key: str
    fingerprint: str


def once_of(key: str | None, *, workspace_id: uuid.UUID, path: str, body: Any) -> Once | None:
    """None without a key. Keys count in their workspace: a request repeated at another session is another request."""
    if key is None:
        return None
    if not KEY.fullmatch(key):
        raise ValidationError({HEADER: ["Write 1 to 255 printable ASCII characters, such as a UUID."]})
    digest = hashlib.sha256(key.encode()).hexdigest()
    # With the key in it: who reads the database cannot try which text gives this hash.
    canonical = json.dumps([key, path, body], sort_keys=True, separators=(",", ":"), default=str)
    return Once(
        workspace_id=workspace_id,
        dedup_key=f"{workspace_id}:{digest}",
        fingerprint=hashlib.sha256(canonical.encode()).hexdigest(),
    )


def once_look(once: Once) -> None:
    """Raises Replayed when the request was made before, Conflict when its key was used for another one."""
    row = IdempotencyKey.objects.filter(dedup_key=once.dedup_key).first()
    if row is None:
        return
    if row.created_at < _limit():
        IdempotencyKey.objects.filter(pk=row.pk).delete()
        return
    if row.fingerprint != once.fingerprint:
        raise Conflict(
            "idempotency_key_reused",
            f"This {HEADER} was used for another request; repeat that one unchanged, or choose a new key.",
        )
    raise Replayed(Message.objects.get(pk=row.message_id))


def once_keep(once: Once, message: Message) -> None:
    """In the transaction that creates the message."""
    IdempotencyKey.objects.create(
        workspace_id=once.workspace_id,
        dedup_key=once.dedup_key,
        fingerprint=once.fingerprint,
        message=message,
    )


def once_lost(once: Once, error: DatabaseError) -> None:
    """Another request with the same key won: raises what to answer, unless `error` came from something else."""
    if isinstance(error, IntegrityError):
        once_look(once)
    elif is_conflict(error):
        raise ApiError(
            "idempotency_in_progress",
            f"Another request with this {HEADER} is being handled; repeat it in a moment.",
            http_status=409,
            headers={"Retry-After": "1"},
        ) from error


@contextmanager
def once_guard(once: Once | None) -> Iterator[None]:
    """Around what creates the message: a request that lost against its twin raises what to answer."""
    try:
        yield
    except DatabaseError as error:
        if once:
            once_lost(once, error)
        raise


def keys_prune() -> int:
    """Forget keys that are older than IDEMPOTENCY_HOURS; how many."""
    count = 0
    old = keys_due()
    while page := list(old.values_list("pk", flat=True)[:PAGE]):
        count += IdempotencyKey.objects.filter(pk__in=page).delete()[0]
    return count


def keys_due() -> QuerySet[IdempotencyKey]:
    return IdempotencyKey.objects.filter(created_at__lt=_limit())


def _limit() -> Any:
    return timezone.now() - timedelta(hours=settings.IDEMPOTENCY_HOURS)

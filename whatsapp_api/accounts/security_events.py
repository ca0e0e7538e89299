"""What somebody who watches over the installation wants to hear: a log line always, an event now and then.

`security_event` never raises and never floods: the same thing about the same subject becomes an event once a minute,
while every occurrence is a line of the logger `security`.
"""

import hashlib
import json
import logging
import uuid
from collections.abc import Callable, Iterable
from enum import StrEnum

from django.core.cache import cache
from redis.exceptions import RedisError

from whatsapp_api.core.errors import DATABASE_FAULTS

logger = logging.getLogger("security")
QUIET_SECONDS = 60
MOST_WORKSPACES = 20


class Security(StrEnum):
    LOGIN_FAILED = "security.login_failed"
    LOGIN_LOCKED = "security.login_locked"
    SCOPE_DENIED = "security.scope_denied"
    ADDRESS_DENIED = "security.address_denied"
    SIGNATURE_FAILED = "security.signature_failed"
    KEY_NEW_ADDRESS = "security.key_new_address"
    TOKEN_REPLAYED = "security.token_replayed"  # noqa: S105


Sink = Callable[[Security, uuid.UUID, dict[str, str]], object]
_sinks: list[Sink] = []


def security_sink_register(sink: Sink) -> None:
    """The event log, which is a layer above, registers here."""
    _sinks.append(sink)


def security_event(
    kind: Security, *, workspace_ids: Iterable[uuid.UUID] = (), subject: str, address: str, text: str
) -> None:
    """`subject`: the user or key that it is about, as people know it; `text`: a sentence."""
    payload = {"subject": subject[:150], "address": address[:45], "text": text[:300]}
    logger.warning("%s %s", kind, json.dumps(payload))
    for workspace_id in list(workspace_ids)[:MOST_WORKSPACES]:
        if _is_new(kind, workspace_id, subject):
            _publish(kind, workspace_id, payload)


def _is_new(kind: Security, workspace_id: uuid.UUID, subject: str) -> bool:
    try:
        return bool(
            cache.add(
                f"security:{kind}:{workspace_id}:{hashlib.sha256(subject.encode()).hexdigest()[:16]}", 1, QUIET_SECONDS
            )
        )
    except RedisError:
        return False  # better a line in the log alone than a flood of the event log


def _publish(kind: Security, workspace_id: uuid.UUID, payload: dict[str, str]) -> None:
    try:
        for sink in _sinks:
            sink(kind, workspace_id, payload)
    except DATABASE_FAULTS:
        logger.exception("A security event could not be stored")

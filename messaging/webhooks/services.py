"""Writing endpoints: create, change, switch, replay."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from whatsapp_api.core.db import atomic, retry_conflicts, uuid7
from whatsapp_api.core.errors import Conflict
from whatsapp_api.events.models import Event, EventType
from whatsapp_api.events.publish import publish
from whatsapp_api.events.selectors import last_sequences

from .credentials import Credentials, credentials_seal
from .headers import headers_seal
from .models import Delivery, DeliveryState, DisabledReason, Endpoint, Replay, ReplayState
from .payloads import endpoint_notice
from .secrets import secret_new

MOST_ENDPOINTS = 500
SETTINGS = ("name", "url", "patterns", "order", "concurrency", "timeout_seconds", "retry_seconds")


@retry_conflicts
def endpoint_create(
    *,
    workspace_id: uuid.UUID,
    session_id: uuid.UUID | None,
    headers: dict[str, str],
    credentials: Credentials | None = None,
    **fields: Any,
) -> tuple[Endpoint, str]:
    """A new endpoint and its secret, which is never shown again. It hears what happens from now on."""
    if endpoints_of(workspace_id).count() >= MOST_ENDPOINTS:
        raise Conflict("too_many_webhooks", f"A workspace has at most {MOST_ENDPOINTS} webhooks; delete one first.")
    endpoint = Endpoint(id=uuid7(), workspace_id=workspace_id, session_id=session_id, **fields)
    endpoint.headers_sealed = headers_seal(endpoint, headers)
    endpoint.credentials_sealed = credentials_seal(endpoint, credentials or Credentials())
    with atomic():
        endpoint.cursor = last_sequences([workspace_id])[workspace_id]
        endpoint.save(force_insert=True)
        secret = secret_new(endpoint)
    return endpoint, secret


def endpoint_update(
    *,
    endpoint: Endpoint,
    headers: dict[str, str] | None = None,
    credentials: Credentials | None = None,
    **fields: Any,
) -> None:
    """What is given is replaced. What happens from now on is delivered in the new way, within a second; in that
    second perhaps in the old way, too.
    """
    if headers is not None:
        fields["headers_sealed"] = headers_seal(endpoint, headers)
    if credentials is not None:
        fields["credentials_sealed"] = credentials_seal(endpoint, credentials)
    if fields:
        _change(endpoint, **fields)


def endpoint_enable(*, endpoint: Endpoint, missed: bool) -> bool:
    """`missed`: go on where it stopped, as far as the log goes back, rather than from now on. False: nothing to do."""
    if endpoint.enabled:
        return False
    fields: dict[str, Any] = {"enabled": True, "disabled_reason": DisabledReason.NONE, "disabled_at": None}
    fields |= {"failures": 0, "failing_since": None, "resting_until": None, "last_error": ""}
    if not missed:
        fields["cursor"] = last_sequences([endpoint.workspace_id])[endpoint.workspace_id]
    _change(endpoint, **fields)
    return True


def endpoint_disable(*, endpoint: Endpoint) -> bool:
    if not endpoint.enabled:
        return False
    _change(
        endpoint,
        enabled=False,
        disabled_reason=DisabledReason.REQUESTED,
        disabled_at=timezone.now(),
        owner="",
        lease_until=None,
    )
    return True


def endpoint_delete(*, endpoint: Endpoint) -> None:
    """Gone for every reader at once; its rows follow in the background."""
    _change(endpoint, deleted_at=timezone.now(), enabled=False, owner="", lease_until=None)


@retry_conflicts
def endpoint_give_up(*, endpoint_id: uuid.UUID, owner: str, reason: DisabledReason) -> bool:
    """Disable an endpoint that its worker found hopeless, and tell everybody else who listens."""
    with atomic():
        rows = Endpoint.objects.filter(pk=endpoint_id, owner=owner, enabled=True)
        # The version stays: the worker itself does it, and still has to store what it found.
        if not rows.update(enabled=False, disabled_reason=reason, disabled_at=timezone.now()):
            return False
        endpoint = Endpoint.objects.get(pk=endpoint_id)
        publish(
            EventType.WEBHOOK_DISABLED,
            workspace_id=endpoint.workspace_id,
            session_id=endpoint.session_id,
            payload=endpoint_notice(endpoint),
        )
    return True


def ping_ask(*, endpoint: Endpoint) -> uuid.UUID:
    """Ask a worker for a test ping; the answer is the id of its event."""
    event_id = uuid7()
    transaction.on_commit(
        lambda: current_app.send_task("webhooks.ping", args=[str(endpoint.pk), str(event_id)], expires=30)
    )
    return event_id


def deliveries_replay(*, endpoint: Endpoint, rows: QuerySet[Delivery]) -> int:
    """Deliver settled ones once more, from the beginning of the retry plan; answers how many."""
    require_enabled(endpoint)
    settled = rows.filter(
        endpoint=endpoint, sequence__isnull=False, state__in=[DeliveryState.DELIVERED, DeliveryState.DEAD]
    )
    return settled.update(state=DeliveryState.RETRYING, step=0, next_at=timezone.now(), settled_at=None)


def replay_create(*, endpoint: Endpoint, since: datetime, until: datetime, patterns: Iterable[str]) -> Replay:
    """Deliver all events of a time range once more, in the background."""
    require_enabled(endpoint)
    if endpoint.replays.filter(state=ReplayState.RUNNING).exists():
        raise Conflict("replay_running", "A replay of this webhook is running; wait for its end or cancel it.")
    first, last = _range(endpoint.workspace_id, since, until)
    return Replay.objects.create(
        endpoint=endpoint,
        patterns=list(patterns) or endpoint.patterns,
        since=since,
        until=until,
        first=first,
        position=first,
        upto=last,
        state=ReplayState.RUNNING if last > first else ReplayState.DONE,
    )


def replay_cancel(*, replay: Replay) -> bool:
    return bool(Replay.objects.filter(pk=replay.pk, state=ReplayState.RUNNING).update(state=ReplayState.CANCELLED))


def require_enabled(endpoint: Endpoint) -> None:
    if not endpoint.enabled:
        raise Conflict(
            "webhook_disabled", f"The webhook is disabled: POST /api/v1/webhooks/{endpoint.pk}/enable first."
        )


def endpoints_of(workspace_id: uuid.UUID) -> QuerySet[Endpoint]:
    return Endpoint.objects.filter(workspace_id=workspace_id, deleted_at=None)


def _range(workspace_id: uuid.UUID, since: datetime, until: datetime) -> tuple[int, int]:
    """The sequence before the first event of the range, and that of the last."""
    rows = Event.objects.filter(workspace_id=workspace_id, created_at__gte=since, created_at__lt=until)
    first = rows.order_by("created_at").values_list("sequence", flat=True).first()
    last = rows.order_by("-created_at").values_list("sequence", flat=True).first()
    return (first - 1, last) if first is not None and last is not None else (0, 0)


def _change(endpoint: Endpoint, **fields: Any) -> None:
    Endpoint.objects.filter(pk=endpoint.pk).update(**fields, version=F("version") + 1, updated_at=timezone.now())
    endpoint.refresh_from_db()

"""Endpoints, deliveries and replays as the API shows them. Never a secret, never the value of a header."""

from typing import Any

from whatsapp_api.core.formats import iso

from .credentials import credentials_masked
from .headers import headers_masked
from .models import Delivery, DisabledReason, Endpoint, Replay, Secret
from .plan import TRIP_AFTER, retry_plan


def endpoint_payload(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": str(endpoint.pk),
        "workspace": str(endpoint.workspace_id),
        "session": str(endpoint.session_id) if endpoint.session_id else None,
        "name": endpoint.name,
        "url": endpoint.url,
        "events": endpoint.patterns,
        "headers": headers_masked(endpoint),
        **credentials_masked(endpoint),
        "order": endpoint.order,
        "concurrency": endpoint.concurrency,
        "timeout_seconds": endpoint.timeout_seconds,
        "retry_seconds": list(retry_plan(endpoint.retry_seconds)),
        "enabled": endpoint.enabled,
        "disabled_reason": endpoint.disabled_reason or None,
        "disabled_at": iso(endpoint.disabled_at),
        "health": health(endpoint),
        "failures": endpoint.failures,
        "failing_since": iso(endpoint.failing_since),
        "resting_until": iso(endpoint.resting_until),
        "last_error": endpoint.last_error or None,
        "last_success_at": iso(endpoint.last_success_at),
        "sequence": endpoint.cursor,
        "created_at": iso(endpoint.created_at),
    }


def health(endpoint: Endpoint) -> str:
    """In one word: `disabled`, `down` (its circuit is open), `failing`, `ok`."""
    if not endpoint.enabled:
        return "disabled"
    if endpoint.failures >= TRIP_AFTER:
        return "down"
    return "failing" if endpoint.failures else "ok"


def endpoint_notice(endpoint: Endpoint) -> dict[str, Any]:
    """For the event `webhook.disabled`. Without the address: it may hold a token."""
    return {
        "webhook": str(endpoint.pk),
        "name": endpoint.name,
        "reason": endpoint.disabled_reason,
        "text": DisabledReason(endpoint.disabled_reason).label,
        "failing_since": iso(endpoint.failing_since),
        "last_error": endpoint.last_error or None,
    }


def secret_payload(secret: Secret) -> dict[str, Any]:
    return {
        "id": str(secret.pk),
        "hint": f"…{secret.hint}",
        "created_at": iso(secret.created_at),
        "expires_at": iso(secret.expires_at),
    }


def delivery_payload(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": str(delivery.pk),
        "webhook": str(delivery.endpoint_id),
        "event_id": str(delivery.event_id),
        "event": delivery.event_type,
        "session": str(delivery.session_id) if delivery.session_id else None,
        "sequence": delivery.sequence,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "status": delivery.status,
        "ms": delivery.ms,
        "error": delivery.error or None,
        "next_at": iso(delivery.next_at),
        "created_at": iso(delivery.created_at),
        "settled_at": iso(delivery.settled_at),
    }


def replay_payload(replay: Replay) -> dict[str, Any]:
    return {
        "id": str(replay.pk),
        "webhook": str(replay.endpoint_id),
        "since": iso(replay.since),
        "until": iso(replay.until),
        "events": replay.patterns,
        "state": replay.state,
        "progress": round(replay.progress, 3),
        "delivered": replay.delivered,
        "failed": replay.failed,
        "created_at": iso(replay.created_at),
    }

"""Reading endpoints. Those of other workspaces do not exist for the caller."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from whatsapp_api.accounts.api.rows import not_found, visible_get
from whatsapp_api.accounts.authority import authority_of
from whatsapp_api.accounts.models import User
from whatsapp_api.accounts.scopes import Scope

from .models import Delivery, Endpoint, HourFigures, Replay

HOURS = 24


def endpoints_visible(user: User | AnonymousUser, scope: Scope | None = None) -> QuerySet[Endpoint]:
    """Every endpoint to which the caller may do what the request is about; a bound key sees its sessions' only."""
    authority = authority_of(user)
    rows = Endpoint.objects.filter(deleted_at=None, workspace_id__in=authority.workspaces(scope))
    return rows if authority.sessions is None else rows.filter(session_id__in=authority.sessions)


def endpoint_get(user: User | AnonymousUser, endpoint_id: uuid.UUID) -> Endpoint:
    return visible_get(lambda scope: endpoints_visible(user, scope), user, endpoint_id, gone=not_found("webhook"))


def delivery_get(endpoint: Endpoint, delivery_id: uuid.UUID) -> Delivery:
    delivery = endpoint.deliveries.filter(pk=delivery_id).first()
    if delivery is None:
        raise not_found("delivery")
    return delivery


def replay_get(endpoint: Endpoint, replay_id: uuid.UUID) -> Replay:
    replay = endpoint.replays.filter(pk=replay_id).first()
    if replay is None:
        raise not_found("replay")
    return replay


def figures_of(endpoint: Endpoint, hours: int = HOURS) -> list[dict[str, Any]]:
    """The last hours, oldest first, those without a delivery included."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    first = now - timedelta(hours=hours - 1)
    known = {row.hour: row for row in HourFigures.objects.filter(endpoint=endpoint, hour__gte=first)}
    return [_hour(first + timedelta(hours=number), known) for number in range(hours)]


def _hour(hour: Any, known: dict[Any, HourFigures]) -> dict[str, Any]:
    row = known.get(hour) or HourFigures(hour=hour)
    average = round(row.ms / row.succeeded) if row.succeeded else None
    return {
        "hour": hour,
        "succeeded": row.succeeded,
        "failed": row.failed,
        "average_ms": average,
        "slowest_ms": row.slowest_ms if row.succeeded else None,
    }


def success_rate(figures: list[dict[str, Any]]) -> float | None:
    """Of attempts, from 0 to 1; None when there were none."""
    succeeded, failed = sum(each["succeeded"] for each in figures), sum(each["failed"] for each in figures)
    return succeeded / (succeeded + failed) if succeeded + failed else None

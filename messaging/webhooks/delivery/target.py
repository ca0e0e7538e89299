"""An endpoint as a lane needs it, read once per version."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from messaging.webhooks.credentials import credentials_open
from messaging.webhooks.headers import headers_open
from messaging.webhooks.models import Endpoint, Order
from messaging.webhooks.patterns import wanted_by
from messaging.webhooks.plan import retry_plan
from messaging.webhooks.secrets import secret_open, secrets_valid
from messaging.webhooks.sinks import Target
from whatsapp_api.events.selectors import last_sequences
from whatsapp_api.events.subscriptions import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a lane runs by."""

    endpoint_id: uuid.UUID
    workspace_id: uuid.UUID
    version: int
    wanted: Wanted
    target: Target
    strict: bool
    plan: tuple[int, ...]
    cursor: int
    head: int
    failures: int
    failing_since: datetime | None


def course_read(endpoint_id: uuid.UUID, now: datetime) -> Course:
    endpoint = Endpoint.objects.get(pk=endpoint_id)
    return Course(
        endpoint_id=endpoint.pk,
        workspace_id=endpoint.workspace_id,
        version=endpoint.version,
        wanted=wanted_by(endpoint.patterns, endpoint.session_id),
        target=target_of(endpoint, now),
        strict=endpoint.order == Order.STRICT,
        plan=tuple(retry_plan(endpoint.retry_seconds)),
        cursor=endpoint.cursor,
        head=last_sequences([endpoint.workspace_id])[endpoint.workspace_id],
        failures=endpoint.failures,
        failing_since=endpoint.failing_since,
    )


def target_of(endpoint: Endpoint, now: datetime) -> Target:
    """With its secrets opened: never log it."""
    credentials = credentials_open(endpoint)
    valid = secrets_valid(endpoint.secrets.all(), now)
    return Target(
        url=endpoint.url,
        headers=headers_open(endpoint),
        username=credentials.username,
        password=credentials.password,
        secrets=[(secret_open(secret), secret.expires_at) for secret in valid],
        timeout=float(endpoint.timeout_seconds),
        concurrency=endpoint.concurrency,
    )

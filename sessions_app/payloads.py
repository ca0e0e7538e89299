"""A session as programs see it, the same over REST and in events."""

from typing import Any

from whatsapp_api.core.formats import iso

from .models import Session
from .proxies import proxy_payload
from .restrictions import restriction_payload


def session_payload(session: Session) -> dict[str, Any]:
    """See docs/api.md; times are ISO 8601 in UTC."""
    return {
        "id": str(session.id),
        "workspace": str(session.workspace_id),
        "name": session.name,
        "provider": session.provider,
        "desired": session.desired,
        "state": session.state,
        "reason": session.reason,
        "text": session.explanation,
        "state_at": iso(session.state_at),
        "state_expires_at": iso(session.state_expires_at),
        "phone": session.phone,
        "jid": session.jid,
        "lid": session.lid,
        "push_name": session.push_name,
        "paired_at": iso(session.paired_at),
        "connected_at": iso(session.connected_at),
        "last_inbound_at": iso(session.last_inbound_at),
        "keepalive": session.keepalive,
        "created_at": iso(session.created_at),
        "metadata": session.metadata,
        "labels": session.labels,
        "ignore_groups": session.ignore_groups,
        "ignore_status": session.ignore_status,
        "ignore_channels": session.ignore_channels,
        "reject_calls": session.reject_calls,
        "reject_calls_text": session.reject_calls_text,
        "autostart": session.autostart,
        "device_name": session.device_name,
        "history_sync": session.history_sync,
        "webhook_defaults": session.webhook_defaults,
        "rate_per_minute": session.rate_per_minute,
        "rate_burst": session.rate_burst,
        "rate_jitter": session.rate_jitter,
        "queue_limit": session.queue_limit,
        "restriction": restriction_payload(session),
        "proxy": proxy_payload(session),
    }

"""The request of a delivery for people: what went out, without what nobody should read in a log."""

from typing import Any
from urllib.parse import urlsplit

from whatsapp_api.events.models import Event
from whatsapp_api.events.publish import envelope

from .delivery.work import body_of, work_of
from .headers import MASK, headers_open
from .models import Delivery, Endpoint
from .ping import TYPE, ping_event
from .sinks import Target
from .sinks.headers import request_headers


def request_shown(endpoint: Endpoint, delivery: Delivery) -> dict[str, Any]:
    """Method and body as they are on the wire; values of own headers, signatures and query parameters masked."""
    event = _event(endpoint, delivery)
    body = body_of(event).decode() if event else None
    headers: dict[str, str] = {}
    if event:
        packet = work_of(endpoint.pk, event).packet()
        headers = request_headers(Target(url=endpoint.url, secrets=[(b"shown", None)]), packet)
        headers["X-Webhook-Attempt"] = str(max(1, delivery.attempts))
        headers |= {name: MASK for name in headers if "Signature" in name or name == "X-Webhook-Timestamp"}
    own = dict.fromkeys(headers_open(endpoint), MASK)
    return {"url": url_masked(endpoint.url), "headers": {**own, **headers}, "body": body}


def url_masked(url: str) -> str:
    """Query parameters may be tokens."""
    return urlsplit(url)._replace(query=MASK).geturl() if urlsplit(url).query else url


def _event(endpoint: Endpoint, delivery: Delivery) -> dict[str, Any] | None:
    if delivery.event_type == TYPE:
        return ping_event(endpoint, delivery.event_id)
    event = Event.objects.filter(pk=delivery.event_id).first()
    return envelope(event) if event else None

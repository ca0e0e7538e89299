"""What goes beside the body on every way out: ids, attempt and signatures of docs/webhooks.md."""

import time

from messaging.webhooks.signing import signatures

from .contract import Packet, Target


def request_headers(target: Target, packet: Packet) -> dict[str, str]:
    """Everything that docs/webhooks.md promises; the endpoint's own headers cannot replace any of it."""
    now = time.time()
    secrets = [key for key, end in target.secrets if end is None or end.timestamp() > now]
    return {
        **target.headers,
        "Content-Type": "application/json",
        "X-Webhook-Id": str(packet.event_id),
        "X-Webhook-Delivery": str(packet.delivery_id),
        "X-Webhook-Event": packet.event_type,
        "X-Webhook-Attempt": str(packet.attempt),
        "X-Webhook-Timestamp": str(int(now)),
        **signatures(packet.body, int(now), secrets),
    }

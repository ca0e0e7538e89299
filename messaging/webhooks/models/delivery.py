"""What became of one event for one endpoint."""

import hashlib
import uuid

from django.db import models

from whatsapp_api.core.db import UUIDModel

from .endpoint import Endpoint


class DeliveryState(models.TextChoices):
    """`waiting`: an earlier event of the same chat has to go first. `dead`: given up, kept for a replay."""

    DELIVERED = "delivered"
    RETRYING = "retrying"
    WAITING = "waiting"
    DEAD = "dead"


def delivery_id(endpoint_id: uuid.UUID, event_id: uuid.UUID) -> uuid.UUID:
    """The same for every attempt and every replay; sorts by the time of the event, as the event's own key does."""
    digest = hashlib.sha256(endpoint_id.bytes + event_id.bytes).digest()
    low = int.from_bytes(digest[:8], "big") & (2**62 - 1)
    return uuid.UUID(int=(event_id.int >> 64) << 64 | 2 << 62 | low)


class Delivery(UUIDModel):
    """Written with the first outcome, in the transaction that moves the endpoint's cursor past the event."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.UUIDField()
    event_type = models.CharField(max_length=40)
    session_id = models.UUIDField(null=True)
    sequence = models.BigIntegerField(null=True)  # null: a test ping, which is in no log
    order_key = models.CharField(max_length=100, blank=True, default="")  # the chat, when order is strict

    state = models.CharField(max_length=10, choices=DeliveryState)
    next_at = models.DateTimeField(null=True)
    step = models.IntegerField(default=0)  # how far in the retry plan
    attempts = models.IntegerField(default=0)
    log = models.JSONField(default=list)  # of attempts: {at, ms, status, error, body}; the first and the last ones
    status = models.IntegerField(null=True)  # of the last attempt
    error = models.CharField(max_length=300, blank=True, default="")
    ms = models.IntegerField(null=True)
    settled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("endpoint", "id"), name="delivery_log"),
            models.Index(fields=("endpoint", "state", "id"), name="delivery_by_state"),
            models.Index(fields=("endpoint", "state", "next_at"), name="delivery_due"),
            models.Index(fields=("endpoint", "order_key", "state", "sequence"), name="delivery_chain"),
            models.Index(fields=("state", "created_at"), name="delivery_age"),
        )

    def __str__(self) -> str:
        return f"{self.event_type} {self.state}"

"""The event log: append only, one row per fact, numbered per workspace without gaps in what is committed."""

from django.db import models

from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import UUIDModel


class EventType(models.TextChoices):
    """Every type there is; docs/events.md describes the payloads."""

    SESSION_STATUS = "session.status"
    SESSION_QR = "session.qr"  # live only: holds pairing secrets, never stored
    SESSION_PAIRING_CODE = "session.pairing_code"  # live only
    MESSAGE = "message"
    MESSAGE_CREATED = "message.created"
    MESSAGE_ACK = "message.ack"


class Event(UUIDModel):
    """One fact. `sequence` is what a client resumes from."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="events")
    sequence = models.BigIntegerField()
    type = models.CharField(max_length=40, choices=EventType)
    session_id = models.UUIDField(null=True)  # no relation: events outlive their session
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("workspace", "sequence"), name="one_event_per_sequence"),)

    def __str__(self) -> str:
        return f"{self.type} #{self.sequence}"


class EventCounter(models.Model):
    """The last sequence given out in a workspace."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, primary_key=True, db_column="_id")
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.workspace_id}: {self.value}"

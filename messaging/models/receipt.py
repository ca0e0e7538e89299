"""Who got, read or played which message. Kept by WhatsApp id, since a receipt can overtake the send's own answer."""

from django.db import models

from sessions_app.models import Session
from whatsapp_api.core.db import UUIDModel


class ReceiptKind(models.TextChoices):
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"


class Receipt(UUIDModel):
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="receipts")
    wa_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=ReceiptKind)
    chat = models.CharField(max_length=80)
    sender = models.CharField(max_length=80)  # LID where known, else the phone-number JID
    timestamp = models.DateTimeField()
    dedup_key = models.CharField(max_length=255, unique=True, editable=False)

    class Meta:
        indexes = (models.Index(fields=("session", "wa_id"), name="receipt_wa_id"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.wa_id}"

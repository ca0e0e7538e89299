"""Which request made which message: one row per `Idempotency-Key`, written in the message's own transaction."""

from django.db import models

from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import UUIDModel

from .message import Message


class IdempotencyKey(UUIDModel):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="idempotency_keys")
    # Workspace and hash of the key: its uniqueness decides which of several requests makes the message.
    dedup_key = models.CharField(max_length=120, unique=True, editable=False)
    fingerprint = models.CharField(max_length=64)  # of path and body: the same key stands for the same request only
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.dedup_key} -> {self.message_id}"

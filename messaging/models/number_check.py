"""What WhatsApp answered to "is this number yours?", kept for a while: asking too much gets accounts restricted."""

from django.db import models

from sessions_app.models import Session
from whatsapp_api.core.db import UUIDModel


class NumberCheck(UUIDModel):
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="number_checks")
    phone = models.CharField(max_length=20)  # digits
    exists = models.BooleanField()
    jid = models.CharField(max_length=80, blank=True, default="")
    lid = models.CharField(max_length=80, blank=True, default="")
    checked_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("session", "phone"), name="one_check_per_number"),)

    def __str__(self) -> str:
        return self.phone

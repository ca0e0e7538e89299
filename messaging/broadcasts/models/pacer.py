"""How fast a session sends to many, whichever broadcasts share it."""

from django.db import models

from sessions_app.models import Session
from whatsapp_api.core.db import UUIDModel


class Pacer(UUIDModel):
    """`next_at`: not before; `paused_until`: it sends to nobody unasked till then, and says why."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="pacer")
    revision = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    check_at = models.DateTimeField(null=True)  # no numbers are checked before
    in_batch = models.IntegerField(default=0)  # sent since the last pause between batches
    paused_until = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=60, blank=True, default="")
    judged_after = models.DateTimeField(null=True)  # failures before count no more

    def __str__(self) -> str:
        return str(self.session_id)

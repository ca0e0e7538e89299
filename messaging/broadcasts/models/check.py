"""A look at the whole audience of a draft, which takes a while when it is large."""

from django.db import models

from whatsapp_api.core.db import UUIDModel

from .broadcast import Broadcast


class CheckState(models.TextChoices):
    RUNNING = "running"
    DONE = "done"


class BroadcastCheck(UUIDModel):
    """The last one; it counts only while the draft is what it looked at."""

    broadcast = models.OneToOneField(Broadcast, on_delete=models.CASCADE, related_name="last_check")
    fingerprint = models.CharField(max_length=64)  # of what the draft said
    state = models.CharField(max_length=10, choices=CheckState, default=CheckState.RUNNING)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    report = models.JSONField(default=dict)
    claim = models.CharField(max_length=40, blank=True, default="")  # the task that works on it
    alive_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.broadcast_id)

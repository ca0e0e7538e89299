"""Events of a time range, delivered once more."""

from django.db import models

from whatsapp_api.core.db import UUIDModel

from .endpoint import Endpoint


class ReplayState(models.TextChoices):
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class Replay(UUIDModel):
    """A second cursor over the log, from `position` to `upto`: no row is made for an event before its turn."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="replays")
    patterns = models.JSONField(default=list)
    since = models.DateTimeField()
    until = models.DateTimeField()
    first = models.BigIntegerField()  # sequence before the first event
    position = models.BigIntegerField()
    upto = models.BigIntegerField()
    delivered = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)  # at the first attempt; they are retried like any other
    state = models.CharField(max_length=10, choices=ReplayState, default=ReplayState.RUNNING)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("endpoint", "state"), name="replay_running"),)

    def __str__(self) -> str:
        return f"{self.state} {self.position}/{self.upto}"

    @property
    def progress(self) -> float:
        """From 0 to 1."""
        span = self.upto - self.first
        return 1.0 if span <= 0 or self.state == ReplayState.DONE else (self.position - self.first) / span

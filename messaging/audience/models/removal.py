"""Many contacts on their way out. The row is the state: whoever dies, another goes on."""

from django.db import models

from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import UUIDModel


class RemovalState(models.TextChoices):
    RUNNING = "running"
    FINISHED = "finished"


class Removal(UUIDModel):
    """Contacts that were there at `created_at` go; who is added later stays."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="removals")
    which = models.JSONField(default=dict)  # {list | segment | everybody}
    state = models.CharField(max_length=10, choices=RemovalState, default=RemovalState.RUNNING)
    removed = models.IntegerField(default=0)
    total = models.IntegerField(default=0)  # as counted at the beginning
    claim = models.CharField(max_length=40, blank=True, default="")
    alive_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("workspace", "id"), name="removal_workspace"),
            models.Index(fields=("state", "alive_at"), name="removal_state"),
        )

    def __str__(self) -> str:
        return str(self.pk)

"""Whom nobody of a workspace may send a broadcast to. Looked up at the moment of sending, not when one is planned."""

from django.db import models

from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import UUIDModel


class SuppressionSource(models.TextChoices):
    KEYWORD = "keyword"  # they wrote STOP
    IMPORT = "import"
    MANUAL = "manual"


class Suppression(UUIDModel):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="suppressions")
    jid = models.CharField(max_length=80)
    source = models.CharField(max_length=10, choices=SuppressionSource)
    reason = models.CharField(max_length=200, blank=True, default="")  # the keyword, or what somebody noted
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("workspace", "jid"), name="suppressed_once"),)
        indexes = (models.Index(fields=("workspace", "id"), name="suppression_workspace"),)

    def __str__(self) -> str:
        return self.jid

"""One message to many."""

from django.db import models

from whatsapp_api.accounts.bodies.fields import BodyJSON
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import UUIDModel


class BroadcastState(models.TextChoices):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


ACTIVE = (BroadcastState.SCHEDULED, BroadcastState.RUNNING, BroadcastState.PAUSED)


class Broadcast(UUIDModel):
    """People edit a draft; from then on `state` changes by compare-and-set only. Shapes: settings.py."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="broadcasts")
    name = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=BroadcastState, default=BroadcastState.DRAFT)
    reason = models.CharField(max_length=60, blank=True, default="")  # a code: why it failed or paused by itself
    session_ids = models.JSONField(default=list)  # texts; they share the load
    audience = models.JSONField(default=dict)  # {lists, segments, contacts, everybody}
    variants = BodyJSON(default=list)  # [{name, weight, kind, content, defaults}]
    previews = BodyJSON(default=dict)  # of its links, by link: as `content.link_preview` of a text
    pace = models.JSONField(default=dict)
    hours = models.JSONField(default=dict)  # when sending is allowed
    options = models.JSONField(default=dict)  # footer, spintax, failover, late, number_check, typing

    scheduled_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)  # what has not left by then is skipped
    time_zone = models.CharField(max_length=60, default="UTC")
    recurrence = models.CharField(max_length=200, blank=True, default="")  # RRULE; each time makes a broadcast
    series_id = models.UUIDField(null=True)  # the recurring one that made this

    # Expansion: which source of the audience, and after which id; `expanded_at` once all are recipients.
    source = models.IntegerField(default=0)
    cursor = models.UUIDField(null=True)
    expanded_at = models.DateTimeField(null=True)
    # Taken by the worker that feeds, and by whoever pauses: so neither sees the other's half.
    revision = models.IntegerField(default=0)
    lease = models.CharField(max_length=40, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    progress_at = models.DateTimeField(null=True)
    progress = models.JSONField(default=dict)  # the counts that were published last

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)  # gone for everybody; its rows follow page by page

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("workspace", "id"), name="broadcast_workspace"),
            models.Index(fields=("state", "scheduled_at"), name="broadcast_state"),
        )

    def __str__(self) -> str:
        return self.name

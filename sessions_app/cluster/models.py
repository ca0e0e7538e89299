"""What the database keeps about sessions workers."""

from django.db import models

from whatsapp_api.core.db import UUIDModel


class Node(UUIDModel):
    """One run of a sessions worker, under a name that is never used again.

    It lives while `beats` grows here or in Redis. `buried_at`: from then on the database takes no beat of it.
    `dead_at`: it carries nothing any more, so its sessions may be taken. Both are for good.
    """

    name = models.CharField(max_length=100, unique=True)  # Session.owner
    host = models.CharField(max_length=100, blank=True, default="")
    version = models.CharField(max_length=40, blank=True, default="")
    capacity = models.IntegerField(default=0)
    draining = models.BooleanField(default=False)  # it takes no more sessions
    beats = models.BigIntegerField(default=0)
    # By the database's clock, and for people only: no decision hangs on it.
    seen_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    buried_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=40, blank=True, default="")
    info = models.JSONField(default=dict, blank=True)  # what its last beats told: pid, hosts, sessions

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("dead_at", "name"), name="node_dead_name"),)

    def __str__(self) -> str:
        return self.name

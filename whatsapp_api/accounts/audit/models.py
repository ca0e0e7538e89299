"""The audit trail: who did what, in one chain of hashes per workspace."""

import uuid
from typing import Any, NoReturn

from django.db import models

from whatsapp_api.core.db import UUIDModel

INSTALLATION = uuid.UUID(int=0)  # the chain of what belongs to no workspace


class Outcome(models.TextChoices):
    OK = "ok"
    DENIED = "denied"
    FAILED = "failed"


class ActorKind(models.TextChoices):
    USER = "user"
    KEY = "key", "API key"
    COMMAND = "command"
    SYSTEM = "system"
    NOBODY = "nobody"


class AppendOnly(models.QuerySet["AuditEntry"]):
    """Refuses to change what was written; `retention` below is the one way out."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The audit trail is append only.")

    def delete(self) -> NoReturn:
        raise TypeError("The audit trail is append only.")


class AuditEntry(UUIDModel):
    """One action. `digest` covers all other fields and the digest before; `seal` is made under the master key."""

    chain = models.UUIDField()  # the workspace, or INSTALLATION
    number = models.BigIntegerField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.CharField(max_length=40, blank=True, default="")
    actor_name = models.CharField(max_length=150, blank=True, default="")
    action = models.CharField(max_length=100)
    target = models.CharField(max_length=200, blank=True, default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    outcome = models.CharField(max_length=10, choices=Outcome)
    status = models.IntegerField(null=True)  # of the HTTP answer
    address = models.CharField(max_length=45, blank=True, default="")
    user_agent = models.CharField(max_length=200, blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=80)  # <id of the master key>:<HMAC of digest>

    objects = AppendOnly.as_manager()
    retention = models.Manager["AuditEntry"]()

    class Meta:
        app_label = "accounts"
        ordering = ("-id",)
        verbose_name = "audit entry"
        verbose_name_plural = "audit trail"
        constraints = (models.UniqueConstraint(fields=("chain", "number"), name="audit_one_per_number"),)
        indexes = (
            models.Index(fields=("chain", "id"), name="audit_chain"),
            models.Index(fields=("at",), name="audit_at"),
        )

    def __str__(self) -> str:
        return f"#{self.number} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The audit trail is append only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The audit trail is append only.")


class AuditHead(models.Model):
    """Where a chain ends, so that cutting it off shows; and where it begins after retention removed the oldest."""

    chain = models.UUIDField(primary_key=True, db_column="_id")
    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")
    seal = models.CharField(max_length=80, default="")
    first_number = models.BigIntegerField(default=1)
    first_previous = models.CharField(max_length=64, default="")
    first_seal = models.CharField(max_length=80, default="")

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return f"{self.chain}: {self.number}"

"""Where each recipient of a broadcast stands."""

from django.db import models

from sessions_app.models import Session
from whatsapp_api.core.db import UUIDModel

from .broadcast import Broadcast


class RecipientState(models.TextChoices):
    """`unconfirmed`: it may or may not have left; never sent again by itself."""

    PENDING = "pending"
    SKIPPED = "skipped"
    QUEUED = "queued"  # in the outbox of its session
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    REPLIED = "replied"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"


class BroadcastRecipient(UUIDModel):
    """At most one message each, for ever: `message_id` is unique and stays once it is set."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="recipients")
    addressee_id = models.UUIDField(null=True)
    jid = models.CharField(max_length=80)
    session = models.ForeignKey(Session, on_delete=models.SET_NULL, null=True, related_name="+")  # whose share it is
    state = models.CharField(max_length=12, choices=RecipientState, default=RecipientState.PENDING)
    reason = models.CharField(max_length=60, blank=True, default="")  # code of what was skipped or failed
    variant = models.SmallIntegerField(default=0)
    first_contact = models.BooleanField(default=False)  # no chat with them in the session yet
    due_at = models.DateTimeField()  # not before
    checked = models.BooleanField(default=True)  # False: WhatsApp has to be asked whether it knows the number
    message_id = models.UUIDField(null=True, unique=True)
    fed_at = models.DateTimeField(null=True)  # when it went into the outbox
    changed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("broadcast", "jid"), name="once_in_a_broadcast"),)
        indexes = (
            models.Index(fields=("broadcast", "session", "state", "due_at", "id"), name="recipient_next"),
            models.Index(fields=("broadcast", "id"), name="recipient_page"),
            models.Index(fields=("broadcast", "state", "id"), name="recipient_state"),
            models.Index(fields=("session", "fed_at"), name="recipient_pace"),
            models.Index(fields=("broadcast", "fed_at"), name="recipient_timeline"),
            models.Index(fields=("jid", "session"), name="recipient_jid"),
        )

    def __str__(self) -> str:
        return self.jid

"""A WhatsApp message, in or out. The row of an outgoing message is its own outbox entry."""

from django.db import models

from sessions_app.models import Session
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import UUIDModel


class Direction(models.TextChoices):
    IN = "in", "incoming"
    OUT = "out", "outgoing"


class MessageState(models.TextChoices):
    """`unconfirmed`: it may or may not have left, nobody can know; it is never sent again by itself."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    RECEIVED = "received"


# WhatsApp clients' numbers for ticks, as other gateways publish them.
ACK_LEVELS: dict[str, int] = {
    MessageState.FAILED: -1,
    MessageState.QUEUED: 0,
    MessageState.SENDING: 0,
    MessageState.UNCONFIRMED: 0,
    MessageState.SENT: 1,
    MessageState.DELIVERED: 2,
    MessageState.READ: 3,
    MessageState.PLAYED: 4,
}


class MessageKind(models.TextChoices):
    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    POLL = "poll"
    REACTION = "reaction"
    EDIT = "edit"
    REVOKE = "revoke"
    UNKNOWN = "unknown"


class Message(UUIDModel):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="messages")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction)
    state = models.CharField(max_length=12, choices=MessageState)
    kind = models.CharField(max_length=12, choices=MessageKind, default=MessageKind.TEXT)

    # The chat as the platform addresses it; for a person both addresses as far as they are known.
    chat = models.CharField(max_length=80)  # canonical JID
    chat_lid = models.CharField(max_length=80, blank=True, default="")
    sender = models.CharField(max_length=80, blank=True, default="")
    sender_lid = models.CharField(max_length=80, blank=True, default="")
    push_name = models.CharField(max_length=200, blank=True, default="")
    from_me = models.BooleanField(default=False)

    wa_id = models.CharField(max_length=80, blank=True, default="")
    # Session and WhatsApp id (and sender, for messages received): what makes storing a message idempotent.
    # NULL, not "", until the id is known: unique columns hold any number of NULLs.
    dedup_key = models.CharField(max_length=255, null=True, unique=True, editable=False)  # noqa: DJ001
    timestamp = models.DateTimeField()  # WhatsApp's for received, creation for outgoing until sent
    content = models.JSONField(default=dict)  # what `kind` needs; text: {"text": str}
    text = models.TextField(blank=True, default="")
    quoted_id = models.CharField(max_length=80, blank=True, default="")
    raw = models.JSONField(default=dict)

    # Outbox: `claim` names owner and attempt while `sending`.
    claim = models.CharField(max_length=120, blank=True, default="")
    error_code = models.CharField(max_length=60, blank=True, default="")
    error_text = models.CharField(max_length=500, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("session", "state", "id"), name="message_outbox"),
            models.Index(fields=("session", "id"), name="message_session"),
            models.Index(fields=("session", "chat", "id"), name="message_chat"),
            models.Index(fields=("session", "wa_id"), name="message_wa_id"),
            models.Index(fields=("state", "session"), name="message_state"),
        )

    def __str__(self) -> str:
        return f"{self.direction} {self.kind} {self.id}"

    @property
    def ack(self) -> int | None:
        """WhatsApp's tick level of an outgoing message: -1 error, 0 pending, 1 server, 2 device, 3 read, 4 played."""
        return ACK_LEVELS.get(self.state) if self.direction == Direction.OUT else None

"""A WhatsApp message, in or out. The row of an outgoing message is its own outbox entry."""

from django.db import models

from messaging.words import WordsField
from sessions_app.models import Session
from whatsapp_api.accounts.bodies.fields import BodyJSON, BodyText
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import UUIDModel


class Direction(models.TextChoices):
    IN = "in", "incoming"
    OUT = "out", "outgoing"


class MessageState(models.TextChoices):
    """`unconfirmed`: it may or may not have left, nobody can know; sent again only by `on_unknown` or by hand."""

    SCHEDULED = "scheduled"
    PREPARING = "preparing"  # its file is fetched or made fit
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    CANCELLED = "cancelled"
    RECEIVED = "received"


class Priority(models.IntegerChoices):
    """Which of a session's due messages leaves first: what somebody waits for goes before what goes to many."""

    INTERACTIVE = 0, "interactive"
    BULK = 10, "bulk"


class OnUnknown(models.TextChoices):
    """What to do with a message of which nobody knows whether it left."""

    HOLD = "hold"
    RESEND = "resend"


# WhatsApp clients' numbers for ticks, as other gateways publish them.
ACK_LEVELS: dict[str, int] = {
    MessageState.FAILED: -1,
    MessageState.CANCELLED: -1,
    MessageState.SCHEDULED: 0,
    MessageState.PREPARING: 0,
    MessageState.QUEUED: 0,
    MessageState.SENDING: 0,
    MessageState.UNCONFIRMED: 0,
    MessageState.SENT: 1,
    MessageState.DELIVERED: 2,
    MessageState.READ: 3,
    MessageState.PLAYED: 4,
}


class MessageKind(models.TextChoices):
    """What a message is. docs/messages.md describes the content of each; `unknown` keeps the raw message only."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    VIDEO_NOTE = "video_note"  # the round ones
    AUDIO = "audio"
    VOICE = "voice"  # recorded, with a waveform
    DOCUMENT = "document"
    STICKER = "sticker"
    ALBUM = "album"
    LOCATION = "location"
    LIVE_LOCATION = "live_location"
    CONTACT = "contact"
    POLL = "poll"
    POLL_VOTE = "poll_vote"
    REACTION = "reaction"
    EDIT = "edit"
    REVOKE = "revoke"
    LIST = "list"
    LIST_REPLY = "list_reply"
    BUTTONS = "buttons"
    BUTTON_REPLY = "button_reply"
    EVENT = "event"
    EVENT_REPLY = "event_reply"
    GROUP_INVITE = "group_invite"
    PIN = "pin"
    KEEP = "keep"
    CALL = "call"
    WAITING = "waiting"  # cannot be read yet: the message itself takes its place
    UNKNOWN = "unknown"


def message_kinds() -> list[tuple[str, str]]:
    """A function, so that another kind needs no migration."""
    return MessageKind.choices


class Message(UUIDModel):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="messages")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction)
    state = models.CharField(max_length=12, choices=MessageState)
    kind = models.CharField(max_length=20, choices=message_kinds, default=MessageKind.TEXT)

    # The chat as the platform addresses it; for a person both addresses as far as they are known.
    chat = models.CharField(max_length=80)  # canonical JID
    chat_lid = models.CharField("chat by its LID", max_length=80, blank=True, default="")
    sender = models.CharField(max_length=80, blank=True, default="")
    sender_lid = models.CharField("sender by its LID", max_length=80, blank=True, default="")
    push_name = models.CharField("name that the sender gave", max_length=200, blank=True, default="")
    from_me = models.BooleanField(default=False)

    wa_id = models.CharField("WhatsApp id", max_length=80, blank=True, default="")
    # Session and WhatsApp id (and sender, for messages received): what makes storing a message idempotent.
    # NULL, not "", until the id is known: unique columns hold any number of NULLs.
    dedup_key = models.CharField(max_length=255, null=True, unique=True, editable=False)  # noqa: DJ001
    timestamp = models.DateTimeField()  # WhatsApp's for received, creation for outgoing until sent
    content = BodyJSON(default=dict)  # what `kind` says, see docs/messages.md; text: {"text": str}
    text = BodyText(blank=True, default="")
    words = WordsField(source="text")  # what search finds it by
    # WhatsApp's id of the message that it answers, or is about (edit, revoke, reaction, vote).
    quoted_id = models.CharField("WhatsApp id of what it is about", max_length=80, blank=True, default="")
    raw = BodyJSON(default=dict)
    # What later messages made of this one: see effects.py.
    edited_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    reactions = BodyJSON(default=list)  # [{sender, sender_lid, from_me, emoji, timestamp}]

    # Outbox: `claim` names owner and attempt while `sending`. Rows leave by priority, then by `due_at`.
    claim = models.CharField(max_length=160, blank=True, default="")
    priority = models.SmallIntegerField(choices=Priority, default=Priority.INTERACTIVE)
    due_at = models.DateTimeField(null=True)  # creation, or `scheduled_at`
    scheduled_at = models.DateTimeField(null=True)
    on_unknown = models.CharField(max_length=10, choices=OnUnknown, default=OnUnknown.HOLD)
    resends = models.SmallIntegerField(default=0)  # attempts that were made although an earlier one may have arrived
    error_code = models.CharField(max_length=60, blank=True, default="")
    error_text = models.CharField(max_length=500, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    played_at = models.DateTimeField(null=True)
    # How many recipients; counted in chats with several of them only, see `receipts.py`.
    delivered_count = models.IntegerField(default=0)
    read_count = models.IntegerField(default=0)
    played_count = models.IntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("session", "state", "priority", "due_at", "id"), name="message_queue"),
            # Small, and none of the business of the many messages that are not scheduled.
            models.Index(fields=("due_at",), name="message_due", condition=models.Q(state="scheduled")),
            models.Index(fields=("session", "id"), name="message_session"),
            models.Index(fields=("session", "chat", "id"), name="message_chat"),
            models.Index(fields=("session", "wa_id"), name="message_wa_id"),
            models.Index(fields=("session", "quoted_id"), name="message_refers"),
            models.Index(fields=("state", "session"), name="message_state"),
        )

    def __str__(self) -> str:
        way = "to" if self.direction == Direction.OUT else "from"
        return f"{self.get_kind_display()} {way} {self.chat.partition('@')[0]}"

    @property
    def ack(self) -> int | None:
        """WhatsApp's tick level of an outgoing message: -1 error, 0 pending, 1 server, 2 device, 3 read, 4 played."""
        return ACK_LEVELS.get(self.state) if self.direction == Direction.OUT else None

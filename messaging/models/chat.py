"""A conversation of a session, kept up to date with its messages."""

from django.db import models

from sessions_app.models import Session
from whatsapp_api.core.db import UUIDModel, uuid7


class ChatKind(models.TextChoices):
    PERSON = "person"
    GROUP = "group"
    CHANNEL = "channel"
    STATUS = "status"
    BROADCAST = "broadcast"


class Chat(UUIDModel):
    """One per session and address. `jid` is what its messages carry in `Message.chat`."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="chats")
    jid = models.CharField(max_length=80)
    lid = models.CharField(max_length=80, blank=True, default="")
    kind = models.CharField(max_length=10, choices=ChatKind)
    # The group's subject; of a person the saved name if there is one, else the name that the person chose.
    name = models.CharField(max_length=200, blank=True, default="")

    last_message_id = models.UUIDField(null=True)  # no relation: a look-up by key, never a join
    last_at = models.DateTimeField()
    # Sorts by time and is unique: the id of the last message, or one made for the moment.
    activity = models.UUIDField(default=uuid7)
    unread = models.IntegerField(default=0)

    # As the account's phone has it, as far as the engine tells; see docs/api.md.
    archived = models.BooleanField(default=False)
    pinned_at = models.DateTimeField(null=True)
    muted_until = models.DateTimeField(null=True)
    # Seconds after which messages disappear, 0: they stay; and when that was set.
    disappearing = models.IntegerField(default=0)
    disappearing_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-activity",)
        constraints = (models.UniqueConstraint(fields=("session", "jid"), name="one_chat_per_address"),)
        indexes = (
            models.Index(fields=("session", "activity"), name="chat_activity"),
            models.Index(fields=("session", "lid"), name="chat_lid"),
        )

    def __str__(self) -> str:
        return self.name or self.jid


def chat_kind(jid: str) -> ChatKind:
    """What an address is the address of."""
    match jid.rpartition("@")[2]:
        case "g.us":
            return ChatKind.GROUP
        case "newsletter":
            return ChatKind.CHANNEL
        case "broadcast":
            return ChatKind.STATUS if jid.startswith("status@") else ChatKind.BROADCAST
    return ChatKind.PERSON

"""The event log: append only, one row per fact, numbered per workspace without gaps in what is committed."""

from django.db import models

from whatsapp_api.accounts.bodies.fields import BodyJSON
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import UUIDModel


class EventType(models.TextChoices):
    """Every type there is; docs/events.md describes the payloads."""

    SESSION_STATUS = "session.status"
    SESSION_QR = "session.qr"  # live only: holds pairing secrets, never stored
    SESSION_PAIRING_CODE = "session.pairing_code"  # live only
    SESSION_RESTRICTED = "session.restricted"
    MESSAGE = "message"
    MESSAGE_CREATED = "message.created"
    MESSAGE_ACK = "message.ack"
    MESSAGE_REACTION = "message.reaction"
    MESSAGE_EDITED = "message.edited"
    MESSAGE_REVOKED = "message.revoked"
    MESSAGE_DELETED = "message.deleted"
    POLL_VOTE = "poll.vote"
    WEBHOOK_DISABLED = "webhook.disabled"
    MESSAGE_MEDIA = "message.media"
    GROUP_JOIN = "group.join"
    GROUP_LEAVE = "group.leave"
    GROUP_UPDATE = "group.update"
    GROUP_PARTICIPANTS = "group.participants"
    MESSAGE_WAITING = "message.waiting"
    CHAT_UPDATE = "chat.update"
    CHAT_DELETED = "chat.deleted"
    PRESENCE_UPDATE = "presence.update"  # live only: worth nothing a minute later
    CALL_RECEIVED = "call.received"
    CALL_ACCEPTED = "call.accepted"
    CALL_REJECTED = "call.rejected"
    CALL_ENDED = "call.ended"
    HISTORY_SYNCED = "history.synced"
    BROADCAST_STATUS = "broadcast.status"
    BROADCAST_PROGRESS = "broadcast.progress"
    # Heard by those with the scope `admin` only.
    SECURITY_LOGIN_FAILED = "security.login_failed"
    SECURITY_LOGIN_LOCKED = "security.login_locked"
    SECURITY_SCOPE_DENIED = "security.scope_denied"
    SECURITY_ADDRESS_DENIED = "security.address_denied"
    SECURITY_SIGNATURE_FAILED = "security.signature_failed"
    SECURITY_KEY_NEW_ADDRESS = "security.key_new_address"
    SECURITY_TOKEN_REPLAYED = "security.token_replayed"  # noqa: S105 (a name)


# Never stored and never sent to webhooks: for people who watch.
LIVE_ONLY = frozenset({EventType.SESSION_QR, EventType.SESSION_PAIRING_CODE, EventType.PRESENCE_UPDATE})


class Event(UUIDModel):
    """One fact. `sequence` is what a client resumes from."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="events")
    sequence = models.BigIntegerField()
    type = models.CharField(max_length=40)  # an EventType; no choices, or each new type would need a migration
    session_id = models.UUIDField(null=True)  # no relation: events outlive their session
    payload = BodyJSON(default=dict)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("workspace", "sequence"), name="one_event_per_sequence"),)
        indexes = (models.Index(fields=("session_id", "type", "sequence"), name="event_session_type"),)

    def __str__(self) -> str:
        return f"{self.type} #{self.sequence}"


class EventCounter(models.Model):
    """The last sequence given out in a workspace."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, primary_key=True, db_column="_id")
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.workspace_id}: {self.value}"

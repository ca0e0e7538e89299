"""A file: uploaded, fetched from a URL, made of another for WhatsApp, or received. STORAGES["media"] has its bytes."""

from django.db import models

from sessions_app.models import Session
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import UUIDModel


class MediaSource(models.TextChoices):
    """Where it comes from. `made`: a voice note, sticker ... that the platform made of another file."""

    UPLOAD = "upload"
    URL = "url"
    MADE = "made"
    RECEIVED = "received"


class MediaState(models.TextChoices):
    """`remote`: it lies at WhatsApp, and nobody has asked for it yet; `pending`: it is on its way to us."""

    REMOTE = "remote"
    PENDING = "pending"
    STORED = "stored"
    FAILED = "failed"
    EXPIRED = "expired"


class Media(UUIDModel):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="media")
    # Of what was received; without its session it is nobody's, and clean-up removes it.
    session = models.ForeignKey(Session, on_delete=models.SET_NULL, null=True, related_name="media")
    message_id = models.UUIDField(null=True, db_index=True)  # the message that brought it
    source = models.CharField(max_length=10, choices=MediaSource)
    state = models.CharField(max_length=10, choices=MediaState)
    error_code = models.CharField(max_length=60, blank=True, default="")
    error_text = models.CharField(max_length=500, blank=True, default="")

    mimetype = models.CharField(max_length=100, default="application/octet-stream")  # by its content
    filename = models.CharField(max_length=255, blank=True, default="")
    size = models.BigIntegerField(default=0)  # bytes
    sha256 = models.CharField(max_length=64, blank=True, default="")  # hex
    width = models.PositiveIntegerField(null=True)  # pixels, as it is shown
    height = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(null=True)
    waveform = models.CharField(max_length=128, blank=True, default="")  # hex, 64 volumes of 0 to 100

    file = models.CharField(max_length=200, blank=True, default="")  # names in the storage
    thumbnail = models.CharField(max_length=200, blank=True, default="")
    fits = models.JSONField(default=list)  # kinds of message that take it as it is
    url = models.CharField(max_length=2048, blank=True, default="")  # where it is to be fetched
    # Of what was made: the original and what it was made for. Each is made once.
    variant = models.CharField(max_length=120, null=True, unique=True, editable=False)  # noqa: DJ001

    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)  # while pending
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("workspace", "state"), name="media_workspace"),
            models.Index(fields=("session", "state", "next_try_at"), name="media_pending"),
            models.Index(fields=("state", "expires_at"), name="media_expiry"),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.mimetype} {self.id}"

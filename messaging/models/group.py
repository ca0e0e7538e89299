"""A group that an account is or was in, as WhatsApp last told it. The truth stays with WhatsApp."""

from django.db import models

from sessions_app.models import Session
from whatsapp_api.core.db import UUIDModel


class GroupRole(models.TextChoices):
    MEMBER = "member"
    ADMIN = "admin"
    SUPERADMIN = "superadmin"


class Group(UUIDModel):
    """One per session and group. `participants`: [{jid, lid, role}], up to some thousand."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="groups")
    jid = models.CharField(max_length=80)
    subject = models.CharField(max_length=200, blank=True, default="")
    description = models.TextField(blank=True, default="")
    owner = models.CharField(max_length=80, blank=True, default="")
    owner_lid = models.CharField(max_length=80, blank=True, default="")
    made_at = models.DateTimeField(null=True)  # right to two minutes: the engine knows it no better
    announce = models.BooleanField(default=False)
    locked = models.BooleanField(default=False)
    ephemeral = models.IntegerField(default=0)  # seconds
    community = models.BooleanField(default=False)
    parent = models.CharField(max_length=80, blank=True, default="")  # the community it belongs to
    participants = models.JSONField(default=list)

    member = models.BooleanField(default=True)  # is the account in it?
    role = models.CharField(max_length=10, choices=GroupRole, blank=True, default="")  # the account's own
    picture_at = models.DateTimeField(null=True)  # when picture and invite link changed last, as far as we heard
    invite_at = models.DateTimeField(null=True)
    refreshed_at = models.DateTimeField(null=True)  # last told as a whole; null: we know only of changes
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("session", "jid"), name="one_group_per_address"),)
        indexes = (models.Index(fields=("session", "id"), name="group_session"),)

    def __str__(self) -> str:
        return self.subject or self.jid

"""People and the workspaces that own everything."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac

from whatsapp_api.core.db import UUIDModel
from whatsapp_api.core.sealed_fields import SealedField, sealed_field_register

from . import user_trail
from .audit.models import AuditEntry, AuditHead  # Django looks here
from .bodies.keys import key_ensure, open_keys
from .bodies.models import Bodies, BodyKey
from .keys.models import ApiKey
from .login.models import Login
from .scopes import Role

if TYPE_CHECKING:
    from .authority import Authority

__all__ = ("ApiKey", "AuditEntry", "AuditHead", "Bodies", "BodyKey", "Login", "Membership", "Role", "User", "Workspace")


class Workspace(UUIDModel):
    """A customer's own space: every session, message and event belongs to exactly one."""

    name = models.CharField(max_length=100)
    networks = models.JSONField(default=list, blank=True)  # CIDR; empty: its rows may be asked for from everywhere
    # Data protection; 0: kept as long as its session. See messaging/retention.py.
    message_keep_days = models.PositiveIntegerField(default=0)
    body_keep_hours = models.PositiveIntegerField(default=0)  # then texts go, and what happened stays
    bodies = models.CharField("message bodies", max_length=12, choices=Bodies, default=Bodies.STORED)
    bodies_changed_at = models.DateTimeField(null=True, blank=True, editable=False)  # until older rows are as it says
    bodies_forgotten_until = models.DateTimeField(null=True, blank=True, editable=False)
    # Since when it is on its way out (removal/), when somebody last worked at that, and how far it is.
    removal_at = models.DateTimeField(null=True, blank=True, editable=False)
    removal_alive_at = models.DateTimeField(null=True, blank=True, editable=False)
    removal_progress = models.JSONField(default=dict, blank=True, editable=False)
    members_revision = models.IntegerField(default=0, editable=False)  # written by whoever changes an owner
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A workspace that seals has its key before anybody can write to it."""
        super().save(*args, **kwargs)
        if self.bodies != Bodies.STORED:
            key_ensure(self.pk)
        open_keys.forget()


class User(UUIDModel, AbstractUser):
    """A person who logs in. What they may do is a matter of their memberships."""

    authority: "Authority"  # bound by a request's authentication

    token_generation = models.IntegerField(default=0, editable=False)  # grows with “log out everywhere”
    otp_secret = models.TextField(blank=True, default="", editable=False)  # sealed; empty: no second factor
    otp_last_step = models.BigIntegerField(default=0, editable=False)  # a code counts once
    otp_recovery = models.JSONField(default=list, blank=True, editable=False)  # digests

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written down in the audit trail, whoever changes it by whatever means."""
        if not user_trail.wanted(kwargs.get("update_fields")):
            super().save(*args, **kwargs)
            return
        row = None if self._state.adding else User.objects.filter(pk=self.pk).first()
        super().save(*args, **kwargs)
        user_trail.changed(self, user_trail.told(row) if row else {})

    @property
    def has_second_factor(self) -> bool:
        return bool(self.otp_secret)

    @property
    def otp_context(self) -> str:
        """What the secret is sealed for."""
        return f"second factor of user {self.pk}"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's, and the generation with it: ends cookies and tokens as a new password does."""
        salt = "whatsapp_api.accounts.models.User.session"
        said = f"{self.password}:{self.token_generation}"
        return salted_hmac(salt, said, secret=secret, algorithm="sha256").hexdigest()


class Membership(UUIDModel):
    """A user's role in a workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.OPERATOR)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("workspace", "user"), name="one_role_per_workspace"),)

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace}: {self.role}"


sealed_field_register(SealedField(User, "otp_secret", context=lambda user: str(user.otp_context)))

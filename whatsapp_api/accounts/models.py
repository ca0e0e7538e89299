"""People and the workspaces that own everything."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from whatsapp_api.core.db import UUIDModel


class Workspace(UUIDModel):
    """A customer's own space: every session, message and event belongs to exactly one."""

    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class User(UUIDModel, AbstractUser):
    """A person who logs in. What they may do is a matter of their memberships."""


class Role(models.TextChoices):
    OWNER = "owner"
    ADMIN = "admin"
    OPERATOR = "operator"
    VIEWER = "viewer"


class Membership(UUIDModel):
    """A user's role in a workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.OPERATOR)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("workspace", "user"), name="one_role_per_workspace"),)

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace}: {self.role}"

"""API keys: a program's credentials in one workspace."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.db import UUIDModel


class ApiKey(UUIDModel):
    """`wak_<prefix>_<secret>`: the prefix finds the row, the secret is stored as a digest and shown once.

    It never may more than the person who made it may at that moment, and stops with that person's account.
    """

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="api_keys")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)  # SHA-256: the secret has 256 random bits, no salt needed
    scopes = models.JSONField(default=list)
    sessions = models.JSONField(default=list, blank=True)  # ids; empty: all sessions of the workspace
    networks = models.JSONField(default=list, blank=True)  # CIDR; empty: from everywhere
    rates = models.JSONField(default=dict, blank=True)  # overrides of the installation's limits, by group
    addresses = models.JSONField(default=list, blank=True, editable=False)  # where it was used from, newest last
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "accounts"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.name} (wak_{self.prefix}_…)"

    @property
    def is_live(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())

    @property
    def scope_set(self) -> frozenset[Scope]:
        return frozenset(Scope(scope) for scope in self.scopes if scope in Scope.values)

    @property
    def session_set(self) -> frozenset[uuid.UUID]:
        return frozenset(uuid.UUID(text) for text in self.sessions)

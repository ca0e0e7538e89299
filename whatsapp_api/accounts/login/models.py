"""Logins by token: one row for each chain of refresh tokens."""

from django.conf import settings
from django.db import models

from whatsapp_api.core.db import UUIDModel


class Login(UUIDModel):
    """Only the newest refresh token of a login is good; using an older one ends the login."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="logins")
    jti = models.CharField(max_length=32)  # of the newest refresh token
    previous_jti = models.CharField(max_length=32, blank=True, default="")
    rotated_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=45, blank=True, default="")
    user_agent = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "accounts"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.user_id} from {self.address}"

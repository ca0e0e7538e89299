"""How a workspace keeps what people write, and the key for it. docs/adr/0010-bodies.md has the reasons."""

from django.db import models

from whatsapp_api.core.db import UUIDModel
from whatsapp_api.core.sealed_fields import SealedField, sealed_field_register


class Bodies(models.TextChoices):
    """What becomes of texts, contents and raw messages in the database."""

    STORED = "stored"  # in clear, found by search
    ENCRYPTED = "encrypted"  # sealed under the workspace's key; no search
    NOT_STORED = "not_stored"  # sealed as well, and removed as soon as sending and delivering need them no more


class BodyKey(UUIDModel):
    """A workspace's data key, wrapped by the master key. Sealed bodies name it by its id."""

    workspace = models.OneToOneField("accounts.Workspace", on_delete=models.CASCADE, related_name="body_key")
    sealed = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    rotated_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"body key of {self.workspace_id}"

    @property
    def context(self) -> str:
        """What the data key is sealed for."""
        return f"body key {self.pk} of workspace {self.workspace_id}"


sealed_field_register(SealedField(BodyKey, "sealed", context=lambda row: str(row.context), stamp="rotated_at"))

"""What the database keeps about snapshots: a sealed key per session, and which files there are."""

from django.db import models

from whatsapp_api.core.crypto import key_id
from whatsapp_api.core.db import UUIDModel
from whatsapp_api.core.sealed_fields import SealedField, sealed_field_register


class SessionKey(UUIDModel):
    """A session's data key, and the fence for everything that is written under it.

    `version` and `epoch` change by compare-and-set only: `epoch` is the highest that adopted the store, and no
    owner below it can record a snapshot. An empty `sealed` means no key yet, or destroyed.
    """

    session = models.OneToOneField("sessions_app.Session", on_delete=models.CASCADE, related_name="snapshot_key")
    sealed = models.CharField(max_length=200, blank=True, default="")
    version = models.BigIntegerField(default=0)
    epoch = models.IntegerField(default=0)
    # Stores that were adopted below this epoch belong to credentials that were destroyed.
    void_below = models.IntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    rotated_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"key of {self.session_id}"

    @property
    def master_key_id(self) -> str:
        """Which master key wraps it; empty without a key."""
        return key_id(self.sealed) if self.sealed else ""

    @property
    def context(self) -> str:
        """What the data key is sealed for."""
        return f"session key {self.session_id}"


class SessionSnapshot(UUIDModel):
    """One encrypted copy of a store. Versions of a session only grow; the newest few are kept."""

    session = models.ForeignKey("sessions_app.Session", on_delete=models.CASCADE, related_name="snapshots")
    version = models.BigIntegerField()
    epoch = models.IntegerField()
    digest = models.CharField(max_length=64)  # of the plain copy, keyed with the data key: is there anything new?
    size = models.IntegerField()  # bytes of the encrypted file
    name = models.CharField(max_length=100)  # in STORAGES["sessions"]
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("session", "version"), name="snapshot_session_version"),)

    def __str__(self) -> str:
        return f"snapshot {self.version} of {self.session_id}"


sealed_field_register(SealedField(SessionKey, "sealed", context=lambda row: str(row.context), stamp="rotated_at"))

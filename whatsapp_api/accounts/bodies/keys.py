"""The keys of bodies, open in this process, and which workspaces seal what they write."""

import os
import time
import uuid
from datetime import timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError
from django.utils import timezone

from whatsapp_api.core.crypto import SealBroken, seal, unseal

from .models import Bodies, BodyKey

KEPT_SECONDS = 2.0  # a change of the setting counts in every process after this long
SETTLED = timedelta(minutes=1)  # a younger key may belong to a transaction that fails yet, so it is not remembered


class OpenKeys:
    """Spares each body a query: keys never change, and the setting is read again now and then."""

    def __init__(self) -> None:
        self._open: dict[uuid.UUID, AESGCM] = {}
        self._sealing: tuple[float, dict[uuid.UUID, uuid.UUID]] = (0.0, {})

    def of(self, workspace_id: uuid.UUID) -> tuple[uuid.UUID, AESGCM] | None:
        """The key to seal with; None where bodies are kept in clear."""
        until, sealing = self._sealing
        if time.monotonic() >= until:
            sealing = self._read()
        key_id = sealing.get(workspace_id)
        return (key_id, self.named(key_id)) if key_id else None

    def named(self, key_id: uuid.UUID) -> AESGCM:
        """The key that a sealed body names; raises SealBroken, MasterKeyUnknown."""
        if key_id not in self._open:
            row = BodyKey.objects.filter(pk=key_id).first()
            if row is None:
                raise SealBroken("The key of this message is destroyed.")
            self._open[key_id] = AESGCM(unseal(row.sealed, context=row.context))
        return self._open[key_id]

    def forget(self) -> None:
        """Read the setting again at once: in the process where it was changed, and in tests."""
        self._sealing = (0.0, {})

    def _read(self) -> dict[uuid.UUID, uuid.UUID]:
        rows = BodyKey.objects.exclude(workspace__bodies=Bodies.STORED).values_list("workspace_id", "pk", "created_at")
        found = list(rows)
        sealing = {workspace_id: key_id for workspace_id, key_id, _ in found}
        settled = all(created_at < timezone.now() - SETTLED for _, _, created_at in found)
        self._sealing = (time.monotonic() + KEPT_SECONDS if settled else 0.0, sealing)
        return sealing


open_keys = OpenKeys()


def seals(workspace_id: uuid.UUID) -> bool:
    """Does the workspace keep no body in clear?"""
    return open_keys.of(workspace_id) is not None


def key_ensure(workspace_id: uuid.UUID) -> None:
    """Made before the first body is sealed."""
    if BodyKey.objects.filter(workspace_id=workspace_id).exists():
        return
    key = BodyKey(workspace_id=workspace_id)
    key.sealed = seal(os.urandom(32), context=key.context)
    try:
        key.save(force_insert=True)
    except IntegrityError:  # another process was first; inside a transaction the caller repeats it
        if not BodyKey.objects.filter(workspace_id=workspace_id).exists():
            raise

"""From where the rows of a workspace may be asked for."""

import threading
import time
import uuid

from whatsapp_api.core.networks import address_allowed

from .models import Workspace

KEPT_SECONDS = 2.0  # a change counts everywhere after this long; so that no request pays for a query


class _Restricted:
    """The workspaces that have an allowlist, as read a moment ago."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._networks: dict[uuid.UUID, list[str]] = {}

    def networks(self) -> dict[uuid.UUID, list[str]]:
        with self._lock:
            if time.monotonic() >= self._until:
                rows = Workspace.objects.values_list("id", "networks")
                self._networks = {key: networks for key, networks in rows if networks}
                self._until = time.monotonic() + KEPT_SECONDS
            return self._networks

    def forget(self) -> None:
        """Read again at once: in the process where it was changed, and in tests."""
        self._until = 0.0


restricted = _Restricted()


def reachable_from(address: str, workspace_id: uuid.UUID) -> bool:
    """May somebody at this address ask for the rows of the workspace?"""
    return address_allowed(address, restricted.networks().get(workspace_id, ()))

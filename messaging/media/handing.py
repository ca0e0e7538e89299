"""The file of a message that leaves, as a path of this machine that a session host can read."""

import logging
import uuid
from pathlib import Path
from typing import Any

from messaging.models import Message

from .attaching import engine_media
from .storage import local_path

logger = logging.getLogger(__name__)


class Handed:
    """Copies that were made for messages on their way; a storage on this machine needs none."""

    def __init__(self) -> None:
        self._copies: dict[str, list[Path]] = {}

    def hand(self, ref: str, message: Message, content: dict[str, Any]) -> dict[str, Any]:
        """The content with `media.path` and `media.thumbnail_path`; without a path when the file is gone.

        So too for the image of a link's preview.
        """
        if "media" in content:
            return {**content, "media": self._paths(ref, message.pk, content["media"])}
        if "image" in (preview := content.get("link_preview") or {}):
            return {**content, "link_preview": {**preview, "image": self._paths(ref, message.pk, preview["image"])}}
        return content

    def take_back(self, ref: str) -> None:
        """The message is settled: its copies may go."""
        for path in self._copies.pop(ref, []):
            path.unlink(missing_ok=True)

    def _paths(self, ref: str, message_id: uuid.UUID, summary: dict[str, Any]) -> dict[str, Any]:
        media = engine_media(summary["id"])
        if media is None:
            return {}
        try:
            paths = {"path": self._path(ref, media["file"])}
            if media["thumbnail"]:
                paths["thumbnail_path"] = self._path(ref, media["thumbnail"])
        except OSError as error:
            logger.warning("The file of message %s cannot be read: %s", message_id, type(error).__name__)
            return {}
        return {**media, **paths}

    def _path(self, ref: str, name: str) -> str:
        path, copied = local_path(name)
        if copied:
            self._copies.setdefault(ref, []).append(path)
        return str(path)

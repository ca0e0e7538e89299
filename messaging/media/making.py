"""Has the lab make a file fit for a kind of message: a short-lived process with a deadline."""

import contextlib
import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from .storage import drafts_dir

logger = logging.getLogger(__name__)

COMMAND = [sys.executable, "-m", "messaging.media.lab"]

MADE_KINDS = frozenset({"image", "video", "video_note", "audio", "voice", "sticker"})
"""Kinds whose files go through the lab; a document goes as it is."""


class MakingFailed(Exception):
    """The file cannot be used for this kind of message."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """`output` None: the original fits. `thumbnail` None: there is none."""

    output: Path | None
    thumbnail: Path | None
    mimetype: str
    width: int | None
    height: int | None
    seconds: float | None
    waveform: str
    about: dict[str, str]


@contextlib.contextmanager
def workshop() -> Iterator[Path]:
    """A folder for what is made, gone with all in it after the block."""
    with tempfile.TemporaryDirectory(dir=drafts_dir()) as folder:
        yield Path(folder)


def make(
    source: Path,
    *,
    kind: str,
    folder: Path,
    options: Mapping[str, Any] | None = None,
    seconds: float | None = None,
    pixels: int | None = None,
) -> Made:
    """Make it; MakingFailed says why not. The results are in `folder`.

    `seconds` it may take (MEDIA_PREPARE_SECONDS), `pixels` it may have (MEDIA_MAX_MEGAPIXELS).
    """
    seconds = seconds or settings.MEDIA_PREPARE_SECONDS
    job = {
        "kind": kind,
        "path": str(source),
        "output": str(folder / "output"),
        "thumbnail": str(folder / "thumbnail"),
        "max_pixels": pixels or settings.MEDIA_MAX_MEGAPIXELS * 1_000_000,
        "cpu_seconds": max(1, int(seconds)),
        "options": dict(options or {}),
    }
    answer = _run(job, seconds)
    if error := answer.get("error"):
        raise MakingFailed(error, answer["text"])
    return Made(
        output=folder / "output" if answer["mimetype"] else None,
        thumbnail=folder / "thumbnail" if answer["thumbnail"] else None,
        **{name: answer[name] for name in ("mimetype", "width", "height", "seconds", "waveform", "about")},
    )


def _run(job: dict[str, Any], seconds: float) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command line
            COMMAND,
            input=json.dumps(job).encode(),
            capture_output=True,
            timeout=seconds,
            cwd=settings.BASE_DIR,
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        text = f"The file could not be made ready within {seconds:g} seconds; take a shorter one."
        raise MakingFailed("media_prepare_timeout", text) from error
    except ValueError as error:  # it crashed, or used more than it may
        logger.warning("The lab ended with %s on a file for %s", done.returncode, job["kind"])
        raise MakingFailed("media_unreadable", "The file could not be opened; it may be damaged.") from error
    return answer

"""One job: read from stdin, answered on stdout."""

import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Any

from .job import Job, Result, Unfit

MEMORY = 3 << 30
OUTPUT = 256 << 20


def main() -> None:
    """A job that cannot be done is answered too; only a crash is not."""
    job = Job(**json.load(sys.stdin))
    _confine(job)
    json.dump(work(job), sys.stdout)


def work(job: Job) -> dict[str, Any]:
    """Do it; the answer has a result's fields, or `error` and `text`."""
    try:
        return _worker(job.kind)(job).as_dict()
    except Unfit as error:
        return {"error": error.code, "text": error.text}
    except MemoryError:
        return {"error": "media_too_complex", "text": "The file needs more memory than it is given."}


def _worker(kind: str) -> Callable[[Job], Result]:
    if kind in ("image", "preview", "square"):
        from . import pictures

        return {"image": pictures.image, "preview": pictures.small, "square": pictures.square}[kind]
    if kind == "page":
        from .pages import page

        return page
    if kind == "sticker":
        from .stickers import sticker

        return sticker
    if kind in ("audio", "voice"):
        from . import sounds

        return sounds.audio if kind == "audio" else sounds.voice
    from . import videos

    return videos.video if kind == "video" else videos.video_note


def _confine(job: Job) -> None:
    """Before anything of the file is read."""
    os.nice(5)  # messages on their way come first
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, job.cpu_seconds),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()

"""Opening sound and video with PyAV so that a file can lead nowhere but to itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import av
from av.error import FFmpegError
from av.stream import Disposition

from .job import unreadable

# No playlists (HLS, DASH, concat ...): they name other files and addresses, which the library would open.
VIDEO_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,mpeg,mpegts,flv,asf"
AUDIO_FORMATS = "ogg,mp3,wav,flac,aac,amr,amrnb,amrwb,aiff,caf,ac3"
FORMATS = f"{VIDEO_FORMATS},{AUDIO_FORMATS}"
OPTIONS = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
MAX_SECONDS = 3600


@contextmanager
def opened(path: str, what: str) -> Iterator[Any]:
    """The container; whatever the library says about a bad file becomes Unfit."""
    try:
        with av.open(f"file:{path}", mode="r", options=OPTIONS) as container:
            yield container
    except (FFmpegError, ValueError, IndexError, EOFError, UnicodeDecodeError) as error:
        raise unreadable(what) from error


def first_stream(container: Any, kind: str, what: str) -> Any:
    """The first audio or video stream that is not a cover picture; Unfit when there is none."""
    for stream in container.streams:
        if stream.type == kind and stream.codec_context is not None and not _is_cover(stream):
            return stream
    raise unreadable(what)


def seconds_of(container: Any, stream: Any) -> float | None:
    """How long it plays, as far as the file says."""
    if container.duration:
        return round(float(container.duration / av.time_base), 2)
    if stream.duration and stream.time_base:
        return round(float(stream.duration * stream.time_base), 2)
    return None


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition & Disposition.attached_pic)

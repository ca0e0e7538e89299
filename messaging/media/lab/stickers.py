"""Stickers: WebP, 512 by 512 pixels, still or moving."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageSequence

from .containers import first_stream
from .containers import opened as opened_container
from .job import Job, Result, Unfit, unreadable
from .pictures import opened, thumbnail

SIDE = 512
STILL_BYTES = 100 * 1024
MOVING_BYTES = 500 * 1024
MAX_FRAMES = 60
MAX_FRAMES_READ = 3000
MAX_MILLISECONDS = 10_000
# One EXIF entry (tag 0x5741, "AW") that WhatsApp reads: JSON about the pack.
EXIF_HEAD = b"II*\x00\x08\x00\x00\x00\x01\x00AW\x07\x00"
EXIF_AT = b"\x16\x00\x00\x00"

Frame = tuple[Image.Image, int]
"""A picture, and for how many milliseconds it is shown."""


def sticker(job: Job) -> Result:
    """A sticker message; `options`: pack, author, emojis."""
    exif = _exif(job.options)
    frames = list(_thinned(_frames(job)))
    if not frames:
        raise unreadable("an image")
    if len(frames) == 1 and not exif and _fits(job):
        thumbnail(frames[0][0].convert("RGB"), job.thumbnail)
        return Result(width=SIDE, height=SIDE, thumbnail=True)
    _write(job, frames, exif)
    thumbnail(frames[0][0].convert("RGB"), job.thumbnail)
    return Result(mimetype="image/webp", width=SIDE, height=SIDE, thumbnail=True)


def _fits(job: Job) -> bool:
    picture = opened(job)
    return picture.format == "WEBP" and picture.size == (SIDE, SIDE) and Path(job.path).stat().st_size <= STILL_BYTES


def _frames(job: Job) -> Iterator[Frame]:
    head = Path(job.path).open("rb").read(12)  # noqa: SIM115 - one read
    if head[4:8] == b"ftyp" or head[:4] == b"\x1aE\xdf\xa3":
        yield from _video_frames(job)
        return
    picture = opened(job)
    try:
        for number, frame in enumerate(ImageSequence.Iterator(picture)):
            if number >= MAX_FRAMES_READ:
                return
            yield _fitted(frame), int(frame.info.get("duration", 100)) or 100
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise unreadable("an image") from error


def _video_frames(job: Job) -> Iterator[Frame]:
    with opened_container(job.path, "a video") as container:
        stream = first_stream(container, "video", "a video")
        if stream.codec_context.width * stream.codec_context.height > job.max_pixels:
            raise Unfit("media_too_complex", f"The file has too many pixels; {job.max_pixels} are allowed.")
        shown = int(1000 / float(stream.average_rate or 25))
        for number, frame in enumerate(container.decode(stream)):
            if number >= MAX_FRAMES_READ:
                return
            yield _fitted(frame.to_image()), shown


def _fitted(picture: Image.Image) -> Image.Image:
    """In the middle of a transparent square."""
    layered = picture.convert("RGBA")
    scale = SIDE / max(layered.size)
    layered = layered.resize((max(1, round(layered.width * scale)), max(1, round(layered.height * scale))))
    square = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    square.paste(layered, ((SIDE - layered.width) // 2, (SIDE - layered.height) // 2))
    return square


def _thinned(frames: Iterator[Frame]) -> Iterator[Frame]:
    """The first seconds, with so few frames that a phone takes them: near ones are joined."""
    least, waiting, total = MAX_MILLISECONDS // MAX_FRAMES, None, 0
    for picture, shown in frames:
        if waiting is None:
            waiting = (picture, shown)
        elif waiting[1] < least:
            waiting = (waiting[0], waiting[1] + shown)
        else:
            yield waiting
            waiting = (picture, shown)
        total += shown
        if total >= MAX_MILLISECONDS:
            break
    if waiting is not None:
        yield waiting


def _write(job: Job, frames: list[Frame], exif: bytes) -> None:
    pictures, shown = [each[0] for each in frames], [each[1] for each in frames]
    options: dict[str, Any] = {"format": "WEBP", "method": 4, **({"exif": exif} if exif else {})}
    if len(frames) > 1:
        options |= {"save_all": True, "append_images": pictures[1:], "duration": shown, "loop": 0}
    limit = MOVING_BYTES if len(frames) > 1 else STILL_BYTES
    for quality in (80, 50, 25, 5):
        pictures[0].save(job.output, quality=quality, **options)
        if Path(job.output).stat().st_size <= limit:
            return
    raise Unfit("media_too_complex", f"No sticker of at most {limit} bytes can be made of it; take a simpler one.")


def _exif(options: dict[str, Any]) -> bytes:
    if not any(options.get(name) for name in ("pack", "author", "emojis")):
        return b""
    about = {
        "sticker-pack-id": options.get("pack_id", "whatsapp-api"),
        "sticker-pack-name": options.get("pack", ""),
        "sticker-pack-publisher": options.get("author", ""),
        "emojis": options.get("emojis", []),
    }
    text = json.dumps(about, ensure_ascii=False).encode()
    return EXIF_HEAD + struct.pack("<I", len(text)) + EXIF_AT + text

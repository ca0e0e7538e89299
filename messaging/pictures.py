"""Pictures of groups and profiles as WhatsApp takes them: a square JPEG of at most 640 pixels.

The lab makes them, in a process of its own: nothing that a stranger drew is decoded where requests are answered.
"""

import threading

from messaging.media.making import MakingFailed, make, workshop
from whatsapp_api.core.errors import ApiError
from whatsapp_api.core.formats import from_base64

SIDE = 640
MOST_PIXELS = 25_000_000
SECONDS = 15
AT_ONCE = threading.BoundedSemaphore(2)
SENTENCES = {
    "media_unreadable": "Send a JPEG, PNG or WebP picture.",
    "media_too_complex": f"The picture is too large: {MOST_PIXELS // 1_000_000} megapixels at most.",
}


class BadPicture(ValueError):
    """Its text tells the caller what to send instead."""


def picture_decode(text: str) -> bytes:
    """The file behind base64, with or without a data URL's beginning."""
    try:
        return from_base64(text)
    except ValueError as error:
        raise BadPicture("This is not base64.") from error


def picture_square(data: bytes) -> bytes:
    """Cut to its middle, made smaller if it is larger, turned as its camera was held. Takes 0.2 seconds."""
    if not AT_ONCE.acquire(timeout=SECONDS):
        text = "Too many pictures are being made at the moment; try again in a moment."
        raise ApiError("too_many_uploads", text, http_status=429, headers={"Retry-After": "2"})
    try:
        with workshop() as folder:
            source = folder / "source"
            source.write_bytes(data)
            options = {"side": SIDE}
            made = make(source, kind="square", folder=folder, options=options, seconds=SECONDS, pixels=MOST_PIXELS)
            assert made.output is not None
            return made.output.read_bytes()
    except MakingFailed as error:
        raise BadPicture(SENTENCES.get(error.code, error.text)) from error
    finally:
        AT_ONCE.release()

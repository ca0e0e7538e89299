"""Places, resting and moving."""

from typing import Any

from .content import Content, Details, finite, given


def _point(part: Any) -> Details:
    return {"latitude": finite(part.degreesLatitude), "longitude": finite(part.degreesLongitude)}


def _motion(part: Any) -> Details:
    return given(
        accuracy=part.accuracyInMeters, speed=finite(part.speedInMps), bearing=part.degreesClockwiseFromMagneticNorth
    )


def _location(part: Any) -> Content:
    named = ", ".join(text for text in (part.name, part.address, part.comment) if text)
    details = given(name=part.name, address=part.address, url=part.URL, caption=part.comment)
    kind = "live_location" if part.isLive else "location"
    return Content(kind, named or _numbers(part), details={**_point(part), **details, **_motion(part)})


def _live(part: Any) -> Content:
    details = given(caption=part.caption, sequence=part.sequenceNumber)
    return Content(
        "live_location", part.caption or _numbers(part), details={**_point(part), **_motion(part), **details}
    )


def _numbers(part: Any) -> str:
    return f"{part.degreesLatitude:.6f}, {part.degreesLongitude:.6f}"


READERS = {"locationMessage": _location, "liveLocationMessage": _live}

"""A place that moves."""

import time
from typing import Any

from sessions_app.engine.whatsapp.library import Message

from .draft import Draft

FIELDS = {
    "caption": "caption",
    "accuracy": "accuracyInMeters",
    "speed": "speedInMps",
    "bearing": "degreesClockwiseFromMagneticNorth",
}


def build(draft: Draft) -> Any:
    """`{latitude, longitude, caption?, accuracy?, speed?, bearing?, sequence?}`"""
    content = draft.content
    return Message(
        liveLocationMessage={
            "degreesLatitude": content["latitude"],
            "degreesLongitude": content["longitude"],
            # Phones number the positions by the clock.
            "sequenceNumber": content.get("sequence") or int(time.time() * 1000),
            **{field: content[name] for name, field in FIELDS.items() if name in content},
        }
    )

"""A place on the map."""

from typing import Any

from sessions_app.engine.whatsapp.library import Message

from .draft import Draft


def build(draft: Draft) -> Any:
    """`{latitude, longitude, name?, address?, url?}`"""
    content = draft.content
    place: dict[str, Any] = {name: content[name] for name in ("name", "address") if content.get(name)}
    if content.get("url"):
        place["URL"] = content["url"]
    return Message(
        locationMessage={
            "degreesLatitude": content["latitude"],
            "degreesLongitude": content["longitude"],
            **place,
        }
    )

"""An event to come to."""

from datetime import datetime
from typing import Any

from sessions_app.engine.whatsapp.library import Message

from .draft import Draft

TIMES = {"starts_at": "startTime", "ends_at": "endTime"}
TEXTS = {"description": "description", "join_link": "joinLink"}


def build(draft: Draft) -> Any:
    """`{name, starts_at, ends_at?, description?, location?: {name}, join_link?}`"""
    content = draft.content
    fields: dict[str, Any] = {field: content[name] for name, field in TEXTS.items() if content.get(name)}
    for name, field in TIMES.items():
        if content.get(name):
            fields[field] = int(datetime.fromisoformat(content[name]).timestamp())
    if place := content.get("location", {}).get("name"):
        fields["location"] = {"name": place, "degreesLatitude": 0.0, "degreesLongitude": 0.0}
    return Message(eventMessage={"name": draft.text("name"), "isCanceled": False, **fields})

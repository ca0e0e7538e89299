"""A text with buttons, as native-flow message: the only form that current phones still show."""

import json
from typing import Any

from sessions_app.engine.whatsapp.library import Message

from .draft import Draft

FLOWS = {
    "reply": ("quick_reply", "id"),
    "url": ("cta_url", "url"),
    "call": ("cta_call", "phone_number"),
    "copy": ("cta_copy", "copy_code"),
}
VALUES = {"reply": "id", "url": "url", "call": "phone", "copy": "code"}


def build(draft: Draft) -> Any:
    """`{text, buttons: [{type, title, id | url | phone | code}], title?, footer?}`"""
    content = draft.content
    interactive: dict[str, Any] = {
        "body": {"text": draft.text()},
        "nativeFlowMessage": {"buttons": [_button(each) for each in content["buttons"]], "messageVersion": 1},
    }
    if content.get("title"):
        interactive["header"] = {"title": content["title"], "hasMediaAttachment": False}
    if content.get("footer"):
        interactive["footer"] = {"text": content["footer"]}
    return Message(viewOnceMessage={"message": {"interactiveMessage": interactive}})


def _button(button: dict[str, str]) -> dict[str, str]:
    name, parameter = FLOWS[button["type"]]
    parameters = {"display_text": button["title"], parameter: button[VALUES[button["type"]]]}
    return {"name": name, "buttonParamsJSON": json.dumps(parameters, ensure_ascii=False)}

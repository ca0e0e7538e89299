"""Lists and buttons, and what people choose there."""

import json
from typing import Any

from .content import Content, Details, given


def _list(part: Any) -> Content:
    sections = [{"title": section.title, "rows": [_row(row) for row in section.rows]} for section in part.sections]
    details = given(text=part.description, title=part.title, footer=part.footerText, button=part.buttonText)
    return Content("list", part.description or part.title, details={**details, "sections": sections})


def _row(row: Any) -> Details:
    return {"id": row.rowID, "title": row.title, **given(description=row.description)}


def _list_reply(part: Any) -> Content:
    chosen = part.singleSelectReply.selectedRowID
    return Content("list_reply", part.title, details={"id": chosen, **given(title=part.title, text=part.description)})


def _buttons(part: Any) -> Content:
    buttons = [{"type": "reply", "title": each.buttonText.displayText, "id": each.buttonID} for each in part.buttons]
    details = given(text=part.contentText, title=part.text, footer=part.footerText)
    return Content("buttons", part.contentText, details={**details, "buttons": buttons})


def _interactive(part: Any) -> Content:
    buttons = [_flow(each) for each in part.nativeFlowMessage.buttons]
    details = given(text=part.body.text, title=part.header.title, footer=part.footer.text)
    return Content("buttons", part.body.text, details={**details, "buttons": buttons})


def _flow(button: Any) -> Details:
    parameters = _json(button.buttonParamsJSON)
    types = {"quick_reply": "reply", "cta_url": "url", "cta_call": "call", "cta_copy": "copy"}
    return {
        "type": types.get(button.name, button.name),
        "title": str(parameters.get("display_text", "")),
        **given(
            id=parameters.get("id"),
            url=parameters.get("url"),
            phone=parameters.get("phone_number"),
            code=parameters.get("copy_code"),
        ),
    }


def _button_reply(part: Any) -> Content:
    return _reply(part.selectedButtonID, part.selectedDisplayText)


def _template_reply(part: Any) -> Content:
    return _reply(part.selectedID, part.selectedDisplayText)


def _interactive_reply(part: Any) -> Content:
    parameters = _json(part.nativeFlowResponseMessage.paramsJSON)
    return _reply(str(parameters.get("id", "")), part.body.text)


def _reply(chosen: str, title: str) -> Content:
    return Content("button_reply", title, details={"id": chosen, "title": title})


def _json(text: str) -> Details:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


READERS = {
    "listMessage": _list,
    "listResponseMessage": _list_reply,
    "buttonsMessage": _buttons,
    "interactiveMessage": _interactive,
    "buttonsResponseMessage": _button_reply,
    "templateButtonReplyMessage": _template_reply,
    "interactiveResponseMessage": _interactive_reply,
}

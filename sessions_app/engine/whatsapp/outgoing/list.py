"""A text with a button that opens a list."""

from typing import Any

from sessions_app.engine.whatsapp.library import Message

from .draft import Draft


def build(draft: Draft) -> Any:
    """`{text, button, sections: [{title, rows: [{id, title, description?}]}], title?, footer?}`"""
    content = draft.content
    sections = [{"title": each["title"], "rows": [_row(row) for row in each["rows"]]} for each in content["sections"]]
    message = Message(
        listMessage={
            "description": draft.text(),
            "buttonText": draft.text("button"),
            "title": content.get("title", ""),
            "footerText": content.get("footer", ""),
            "sections": sections,
        }
    )
    message.listMessage.listType = type(message.listMessage).SINGLE_SELECT
    return message


def _row(row: dict[str, str]) -> dict[str, str]:
    return {"rowID": row["id"], "title": row["title"], "description": row.get("description", "")}

"""Lists and buttons. WhatsApp shows them reliably only when a business account of its own Cloud API sends them."""

from typing import Any

from rest_framework import serializers

from messaging.fields import StrictTextField
from messaging.models import MessageKind

from .base import Body, Content, Kind, Unfit

BUTTONS = ("reply", "url", "call", "copy")
NEEDED = {"url": "url", "call": "phone", "copy": "code"}
CAVEAT = "Linked devices are not meant to send these: some phones show them, others show the text only or nothing."


class RowSerializer(serializers.Serializer[Any]):
    """A line to choose."""

    id = StrictTextField(max_length=200)
    title = StrictTextField(max_length=100)
    description = StrictTextField(max_length=300, required=False)


class SectionSerializer(serializers.Serializer[Any]):
    """Lines under a heading."""

    title = StrictTextField(max_length=100)
    rows = serializers.ListField(child=RowSerializer(), min_length=1, max_length=10)


class ListFields(serializers.Serializer[Any]):
    """A text with a button that opens a list."""

    text = StrictTextField(max_length=4096)
    button = StrictTextField(max_length=40)
    sections = serializers.ListField(child=SectionSerializer(), min_length=1, max_length=10)
    title = StrictTextField(max_length=100, required=False)
    footer = StrictTextField(max_length=100, required=False)


class ButtonSerializer(serializers.Serializer[Any]):
    """A button: an answer, a link, a number to call, or a code to copy."""

    type = serializers.ChoiceField(choices=BUTTONS, default="reply")
    title = StrictTextField(max_length=40)
    id = StrictTextField(max_length=200, required=False, help_text="Of a reply: comes back with the answer.")
    url = serializers.URLField(max_length=2000, required=False)
    phone = StrictTextField(max_length=20, required=False)
    code = StrictTextField(max_length=100, required=False)


class ButtonsFields(serializers.Serializer[Any]):
    """A text with buttons below it."""

    text = StrictTextField(max_length=4096)
    buttons = serializers.ListField(child=ButtonSerializer(), min_length=1, max_length=10)
    title = StrictTextField(max_length=100, required=False)
    footer = StrictTextField(max_length=100, required=False)


def _list(body: Body) -> Content:
    ids = [row["id"] for section in body["sections"] for row in section["rows"]]
    if len(set(ids)) < len(ids):
        raise Unfit("sections", "Each row needs an id of its own.")
    return {
        **_texts(body, "button"),
        "sections": [
            {"title": section["title"], "rows": [dict(row) for row in section["rows"]]} for section in body["sections"]
        ],
    }


def _buttons(body: Body) -> Content:
    return {**_texts(body), "buttons": [_button(number, each) for number, each in enumerate(body["buttons"])]}


def _button(number: int, button: Body) -> Content:
    needed = NEEDED.get(button["type"])
    if needed and not button.get(needed):
        raise Unfit(f"buttons.{number}.{needed}", f"A button of the type {button['type']} needs this.")
    given = dict(button)
    if button["type"] == "reply":
        given.setdefault("id", f"button-{number + 1}")
    return given


def _texts(body: Body, *more: str) -> Content:
    return {name: body[name] for name in ("text", "title", "footer", *more) if body.get(name)}


LIST = Kind(
    name=MessageKind.LIST,
    summary="Send a list",
    description=CAVEAT,
    fields=ListFields,
    content=_list,
    text=lambda content: str(content["text"]),
)
BUTTONS_KIND = Kind(
    name=MessageKind.BUTTONS,
    summary="Send buttons",
    description=CAVEAT,
    fields=ButtonsFields,
    content=_buttons,
    text=lambda content: str(content["text"]),
)

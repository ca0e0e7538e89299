"""What a kind of message that can be sent consists of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers

from messaging.models import MessageKind

Body = Mapping[str, Any]
Content = dict[str, Any]
"""JSON: what is kept in `Message.content`, shown to programs and handed to the engine."""


class Unfit(Exception):
    """The fields do not go together; `field` names the one to change."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field, self.text = field, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One entry of the registry.

    `content` makes what is stored of the validated body; `text` makes of that the readable text for lists and
    search. `refers`: it says something about an earlier message (reaction, edit ...), named by the field `message`;
    then `to` is that message's chat and is not asked for. `options`: it takes what options.OptionsSerializer offers.
    `media`: it is a file, which is added to the content under that name.
    """

    name: MessageKind
    summary: str
    description: str = ""
    fields: type[serializers.Serializer[Any]]
    content: Callable[[Body], Content]
    text: Callable[[Content], str]
    refers: bool = False
    options: bool = True
    media: bool = False

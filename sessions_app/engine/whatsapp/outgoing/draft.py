"""A message on its way out, as the builders see it."""

from dataclasses import dataclass
from typing import Any

from sessions_app.engine.base import Person
from sessions_app.engine.errors import EngineError


@dataclass(frozen=True, slots=True)
class Draft:
    """`content` as messaging made it (docs/messages.md); `to` and `client` are the library's."""

    client: Any
    to: Any
    kind: str
    content: dict[str, Any]
    me: Person
    ref: str = ""  # of the attempt, see engine/attempts.py

    def text(self, name: str = "text") -> str:
        """A text of the content that must not be empty."""
        value = self.content.get(name)
        if not isinstance(value, str) or not value:
            raise EngineError(f"a message of kind {self.kind} needs {name}", code="invalid_arguments")
        return value

    def target(self) -> dict[str, Any]:
        """The message that this one is about; it must have been sent."""
        return sent(self.content.get("target"))


def sent(reference: Any) -> dict[str, Any]:
    """A reference whose message is known to WhatsApp."""
    if not isinstance(reference, dict) or not reference.get("wa_id"):
        raise EngineError("the message that this one refers to was not sent", code="target_not_sent")
    return reference

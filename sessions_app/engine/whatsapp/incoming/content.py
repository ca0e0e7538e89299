"""The readable side of one message."""

import math
from dataclasses import dataclass, field
from typing import Any

Details = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """`details`: what the kind says (docs/messages.md). `target`: id of the message it answers or is about."""

    kind: str
    text: str = ""
    target: str = ""
    details: Details = field(default_factory=dict, compare=False)


def given(**values: Any) -> Details:
    """Those that have a value: a key that says nothing is left out."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {}, 0)}


def finite(number: float) -> float:
    """A number that JSON can hold."""
    return float(number) if math.isfinite(number) else 0.0


def about(key: Any) -> Details:
    """The message that a MessageKey points to, as far as the key tells."""
    return {"target": given(wa_id=key.ID, sender=key.participant)}

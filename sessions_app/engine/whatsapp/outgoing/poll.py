"""A poll."""

from typing import Any

from sessions_app.engine.whatsapp.library import Message

from .draft import Draft


def build(draft: Draft) -> Any:
    """`{question, options, multiple}`; votes are encrypted with the secret of the attempt, which the library keeps."""
    several = draft.content.get("multiple", False)
    creation = {
        "name": draft.text("question"),
        "options": [{"optionName": option} for option in draft.content["options"]],
        "selectableOptionsCount": 0 if several else 1,
    }
    # Phones write the third version for a single choice and the first for several.
    return Message(**{"pollCreationMessage" if several else "pollCreationMessageV3": creation})

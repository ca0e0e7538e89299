"""Polls and votes in them."""

from typing import Any

from .content import Content, about

VERSIONS = ("pollCreationMessage", *(f"pollCreationMessageV{number}" for number in (2, 3, 5, 6)))


def _poll(part: Any) -> Content:
    options = [option.optionName for option in part.options]
    details = {"question": part.name, "options": options, "multiple": part.selectableOptionsCount != 1}
    return Content("poll", part.name, details=details)


def _vote(part: Any) -> Content:
    key = part.pollCreationMessageKey
    return Content("poll_vote", "", key.ID, about(key))  # what it chooses is encrypted once more


READERS = {**dict.fromkeys(VERSIONS, _poll), "pollUpdateMessage": _vote}

"""Polls and votes in them."""

from typing import Any

from rest_framework import serializers

from messaging.fields import StrictTextField
from messaging.models import MessageKind

from .base import Body, Content, Kind, Unfit

OPTIONS_AT_LEAST, OPTIONS_AT_MOST = 2, 12


class PollFields(serializers.Serializer[Any]):
    """A question with options."""

    question = StrictTextField(max_length=255)
    options = serializers.ListField(
        child=StrictTextField(max_length=100), min_length=OPTIONS_AT_LEAST, max_length=OPTIONS_AT_MOST
    )
    multiple = serializers.BooleanField(default=False, help_text="May people choose more than one option?")


class PollVoteFields(serializers.Serializer[Any]):
    """What the account chooses; it replaces an earlier vote, and an empty list takes it back."""

    options = serializers.ListField(child=StrictTextField(max_length=100), max_length=OPTIONS_AT_MOST)


def _poll(body: Body) -> Content:
    if len(set(body["options"])) < len(body["options"]):
        raise Unfit("options", "Each option must be different from the others.")
    return {"question": body["question"], "options": list(body["options"]), "multiple": body["multiple"]}


def _vote(body: Body) -> Content:
    poll, chosen = body["message"], list(dict.fromkeys(body["options"]))
    if poll.kind != MessageKind.POLL:
        raise Unfit("message", "This message is not a poll.")
    if unknown := [option for option in chosen if option not in poll.content.get("options", [])]:
        raise Unfit("options", f"The poll has no option {unknown[0]!r}.")
    if len(chosen) > 1 and not poll.content.get("multiple"):
        raise Unfit("options", "In this poll only one option may be chosen.")
    return {"options": chosen}


POLL = Kind(
    name=MessageKind.POLL,
    summary="Send a poll",
    description="The votes are in its `content.tally`; each comes as an event `poll.vote`.",
    fields=PollFields,
    content=_poll,
    text=lambda content: str(content["question"]),
)
VOTE = Kind(
    name=MessageKind.POLL_VOTE,
    summary="Vote in a poll",
    fields=PollVoteFields,
    content=_vote,
    text=lambda content: ", ".join(content["options"]),
    refers=True,
    options=False,
)

"""Who else wants to know what becomes of messages: apps above register here, inside the message's transaction.

A follower is called for every message, so it looks at the row it is given before it asks the database anything.
"""

import uuid
from collections.abc import Callable

from .models import Message

Follower = Callable[[Message], None]
Guard = Callable[[Message], str]
Release = Callable[[uuid.UUID], None]

_acked: list[Follower] = []
_received: list[Follower] = []
_guards: list[Guard] = []
_hopeless: list[Release] = []


def follow(*, acked: Follower, received: Follower, guard: Guard, hopeless: Release) -> None:
    """`acked`: an outgoing message changed; `received`: one came in; `guard`: a code if a bulk message, about to be
    claimed, must not leave; `hopeless`: a session's account is gone, before its waiting messages fail."""
    _acked.append(acked)
    _received.append(received)
    _guards.append(guard)
    _hopeless.append(hopeless)


def acked(message: Message) -> None:
    for follower in _acked:
        follower(message)


def received(message: Message) -> None:
    for follower in _received:
        follower(message)


def held_back(message: Message) -> str:
    """A code when somebody wants this bulk message not to leave."""
    return next((code for guard in _guards if (code := guard(message))), "")


def hopeless(session_id: uuid.UUID) -> None:
    for release in _hopeless:
        release(session_id)

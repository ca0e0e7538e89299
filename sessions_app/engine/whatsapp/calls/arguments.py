"""What calls are given, checked: everything that reaches the library has passed here or in jids.py."""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

from sessions_app.engine.errors import EngineError
from sessions_app.engine.whatsapp.failures import translate
from sessions_app.engine.whatsapp.library import NeonizeError

Arguments = dict[str, Any]
Answer = dict[str, Any]
Call = Callable[[Any, Arguments], Answer]
"""(the library's client, arguments) -> answer. Both hold plain data only."""

TIMERS = (0, 86_400, 604_800, 7_776_000)
"""Seconds after which messages can disappear; 0 keeps them."""

NANOSECONDS = 1_000_000_000
MESSAGE_ID = re.compile(r"[0-9A-Za-z._-]{1,128}")


def bad(name: str) -> EngineError:
    """The error for an argument that is not what it should be."""
    return EngineError(f"{name} is missing or malformed", code="invalid_arguments")


def take_list(arguments: Arguments, name: str, at_most: int) -> list[Any]:
    """A list of 1 to `at_most` things."""
    values = arguments.get(name)
    if not isinstance(values, list) or not 0 < len(values) <= at_most:
        raise bad(name)
    return values


def take_text(arguments: Arguments, name: str, at_most: int, *, empty: bool = False) -> str:
    """A text of up to so many characters; none of them ends it for the library's C strings."""
    value = arguments.get(name)
    if not isinstance(value, str) or len(value) > at_most or not (value or empty) or "\0" in value:
        raise bad(name)
    return value


def take_flag(arguments: Arguments, name: str) -> bool:
    """True or false."""
    value = arguments.get(name)
    if not isinstance(value, bool):
        raise bad(name)
    return value


def take_choice(arguments: Arguments, name: str, allowed: tuple[str, ...]) -> str:
    """One of a few words."""
    value = arguments.get(name)
    if value not in allowed:
        raise bad(name)
    return str(value)


def take_timer(arguments: Arguments) -> int:
    """One of TIMERS, under the name `seconds`."""
    seconds = arguments.get("seconds")
    if seconds not in TIMERS or isinstance(seconds, bool):
        raise bad("seconds")
    return int(seconds)


def explained(sentences: Mapping[str, str]) -> Callable[[Call], Call]:
    """For calls of one area: WhatsApp's numbers get the sentences that fit there."""

    def decorate(function: Call) -> Call:
        @functools.wraps(function)
        def call(client: Any, arguments: Arguments) -> Answer:
            try:
                return function(client, arguments)
            except NeonizeError as error:
                raise translate(error, sentences) from error

        return call

    return decorate


def take_message_ids(arguments: Arguments, name: str, at_most: int) -> list[str]:
    """Ids of messages."""
    ids = take_list(arguments, name, at_most)
    if not all(isinstance(wa_id, str) and MESSAGE_ID.fullmatch(wa_id) for wa_id in ids):
        raise bad(name)  # neonize joins them with spaces
    return ids

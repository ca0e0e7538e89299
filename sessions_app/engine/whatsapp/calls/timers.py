"""Disappearing messages: the timer of a direct chat, and the one that new chats begin with. Groups: `groups.py`."""

import time
from typing import Any

from sessions_app.engine.whatsapp import jids
from sessions_app.engine.whatsapp.timers import timer_message

from .arguments import NANOSECONDS, Answer, Arguments, Call, take_timer


def chat_timer(client: Any, arguments: Arguments) -> Answer:
    """Messages of the direct `chat` disappear after `seconds`: {"at": Unix seconds}.

    Not by the library's own method, which dates the setting to 1970, so that phones prefer any other.
    """
    at = int(time.time())
    client.send_message(jids.parse(arguments.get("chat"), *jids.PEOPLE), timer_message(take_timer(arguments), at))
    return {"at": float(at)}


def default_timer(client: Any, arguments: Arguments) -> Answer:
    """Chats that begin from now on have this timer: `seconds`."""
    client.set_default_disappearing_timer(take_timer(arguments) * NANOSECONDS)
    return {}


CALLS: tuple[Call, ...] = (chat_timer, default_timer)

"""What commands change, for the audit trail, which is a layer above and registers here."""

import getpass
from collections.abc import Callable
from typing import Any

Values = dict[str, Any]
Sink = Callable[[str, str, Values, Values], None]

_sinks: list[Sink] = []
_running = ""


def command_sink_register(sink: Sink) -> None:
    """`sink(command, target, before, after)` writes it down."""
    if sink not in _sinks:
        _sinks.append(sink)


def command_begin(arguments: list[str]) -> None:
    """This process runs a command and serves no requests: whatever it changes, the command did."""
    global _running
    _running = arguments[1] if len(arguments) > 1 else ""


def command_running() -> str:
    """Its name; empty in servers and workers."""
    return _running


def command_told(command: str, *, target: str = "", before: Values | None = None, after: Values | None = None) -> None:
    """Say what a command changed."""
    for sink in _sinks:
        sink(command, target, before or {}, after or {})


def operator() -> str:
    """Who runs this process, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""

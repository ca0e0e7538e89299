"""One terminal for many processes: every line carries its process's name, aligned and coloured."""

import contextlib
import os
import sys
import threading
from typing import IO

COLOURS = ("36", "33", "32", "35", "34", "96", "93", "92", "95", "94")


class Console:
    """Writes whole lines, from any thread, to standard output."""

    def __init__(self, names: list[str], stream: IO[str] | None = None) -> None:
        self._stream = stream or sys.stdout
        self._names = names
        self._width = max(map(len, names), default=0)
        self._coloured = self._stream.isatty() and not os.environ.get("NO_COLOR")
        self._lock = threading.Lock()

    def write(self, name: str, text: str) -> None:
        """One line of `name`; a terminal that went away is no reason to stop."""
        line = f"{self._prefix(name)} {text.rstrip()}\n"
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._stream.write(line)
            self._stream.flush()

    def _prefix(self, name: str) -> str:
        label = f"{name:<{self._width}} |"
        if not self._coloured:
            return label
        colour = COLOURS[self._names.index(name) % len(COLOURS)] if name in self._names else "1"
        return f"\033[{colour}m{label}\033[0m"

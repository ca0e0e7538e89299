"""Reading the Procfile: `name: command` lines, the commands being shell lines."""

import re
from pathlib import Path

LINE = re.compile(r"^([A-Za-z0-9_-]+):\s*(\S.*)$")


def read_procfile(path: Path) -> dict[str, str]:
    """Commands by process name, in the file's order."""
    commands: dict[str, str] = {}
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = LINE.match(text)
        if match is None:
            raise ValueError(f"{path}, line {number}: expected `name: command`")
        commands[match[1]] = match[2]
    return commands


def shell_argv(command: str) -> list[str]:
    """The shell expands variables and then becomes the command, so that the process id is the command's own."""
    return ["/bin/sh", "-c", f"exec {command}"]

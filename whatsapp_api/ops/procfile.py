"""Reading the Procfile: `name: command` lines, the commands being shell lines."""

import re
from pathlib import Path

MOST = 32
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


def read_scale(text: str) -> dict[str, int]:
    """How often each process is to run: `sessions=3 worker=2`."""
    scale: dict[str, int] = {}
    for word in text.replace(",", " ").split():
        name, _, count = word.partition("=")
        if not count.isdecimal() or not 0 < int(count) <= MOST:
            raise ValueError(
                f"SCALE must look like `sessions=3 worker=2`, with numbers from 1 to {MOST}, not {text!r}."
            )
        scale[name] = int(count)
    return scale


def scaled(commands: dict[str, str], scale: dict[str, int]) -> dict[str, str]:
    """Commands by process name, one that is to run more than once as `name.1`, `name.2` ..."""
    if unknown := set(scale) - set(commands):
        raise ValueError(f"SCALE names {', '.join(sorted(unknown))}, which the Procfile does not have.")
    processes: dict[str, str] = {}
    for name, command in commands.items():
        count = scale.get(name, 1)
        processes |= {name: command} if count == 1 else {f"{name}.{n}": command for n in range(1, count + 1)}
    return processes


def instance(name: str) -> str:
    """Which of several a process is; `1` for the only one."""
    return name.partition(".")[2] or "1"


def shell_argv(command: str) -> list[str]:
    """The shell expands variables and then becomes the command, so that the process id is the command's own."""
    return ["/bin/sh", "-c", f"exec {command}"]

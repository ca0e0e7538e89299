"""What the lab is asked and what it answers."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


class Unfit(Exception):
    """The file cannot be used; `code` is stable, the text tells people why."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def unreadable(what: str) -> Unfit:
    return Unfit("media_unreadable", f"The file is not {what} that can be read, or it is damaged.")


def too_complex(what: str) -> Unfit:
    return Unfit("media_too_complex", f"The file has too many {what}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`kind` of message; `path` to read; `output` and `thumbnail` to write, if there is a reason to."""

    kind: str
    path: str
    output: str
    thumbnail: str
    max_pixels: int
    cpu_seconds: int
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Result:
    """`mimetype` empty: send the original as it is. Sizes in pixels as shown; `waveform` hex of 64 volumes 0 to 100.

    `about`: what a web page says of itself.
    """

    mimetype: str = ""
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    waveform: str = ""
    thumbnail: bool = False
    about: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def has_content(path: str) -> bool:
    return Path(path).exists() and Path(path).stat().st_size > 0

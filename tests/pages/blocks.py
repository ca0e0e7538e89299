"""The code of the documents, block by block.

A block is run by a test unless the comment above it says otherwise:

    <!-- not run: needs systemd -->     with the reason, which the web site shows to readers as well
    <!-- sample: verify.py -->          tests/webhooks/test_samples.py runs it against cases of its own
    <!-- runs until: message -->        does not end by itself: until it has printed this word
"""

import re
from dataclasses import dataclass
from pathlib import Path

from whatsapp_api.core.paths import REPOSITORY

PAGES = [
    Path("README.md"),
    Path("sessions_app/sandbox/README.md"),
    *sorted(path.relative_to(REPOSITORY) for path in (REPOSITORY / "docs").rglob("*.md")),
]
BLOCK = re.compile(
    r"^(?:<!-- (?P<tag>[a-z ]+): (?P<value>.*?) -->\n)?```(?P<language>\S*)\n(?P<text>.*?)^```$", re.M | re.S
)
PROGRAMS = {"sh", "python", "javascript", "php"}
DATA = {"json", "yaml"}
READ_ONLY = {
    "",
    "text",
    "http",
    "js",
    "go",
    "protobuf",
}  # drawings, addresses; code that the tests never run themselves


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    language: str
    text: str
    tag: str
    value: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def is_run(self) -> bool:
        return self.language in PROGRAMS and self.tag in ("", "runs until")

    @property
    def is_management(self) -> bool:
        """Nothing but commands of manage.py."""
        return self.language == "sh" and bool(self.commands) and all("manage.py" in each for each in self.commands)

    @property
    def commands(self) -> list[str]:
        """Lines of a shell block, without comments."""
        lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in self.text.splitlines())
        return [line for line in lines if line]


def blocks(page: Path) -> list[Block]:
    text = (REPOSITORY / page).read_text()
    return [
        Block(
            page,
            text.count("\n", 0, found.start("text")),
            *(found[each] or "" for each in ("language", "text", "tag", "value")),
        )
        for found in BLOCK.finditer(text)
    ]


def all_blocks() -> list[Block]:
    return [block for page in PAGES for block in blocks(page)]


def pages_that_run() -> list[Path]:
    return [page for page in PAGES if any(block.is_run for block in blocks(page))]

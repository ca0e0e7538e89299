"""One shell script out of the blocks of a page, as a reader would go through it."""

import re
import shlex
import shutil
import sys
from pathlib import Path

from tests.pages.blocks import Block
from whatsapp_api.ops.php import find_php

PRELUDE = """
set -euo pipefail
set -a   # what a block assigns is there for programs in other languages, too
field() { python3 -c "import json, sys; print(json.load(sys.stdin)['$1'])"; }
call() { curl -sf -H "$AUTH" -H 'Content-Type: application/json' "$@"; }
"""
# Runs the block until its output has the word; meanwhile somebody writes to the account.
UNTIL = """
run_until() {
  word=$1 output=$2; shift 2
  "$@" > "$output" 2>&1 & pid=$!
  for _ in $(seq 300); do
    ended=; kill -0 $pid 2>/dev/null || ended=yes   # before the look: its last words count
    if grep -q -- "$word" "$output"; then kill $pid 2>/dev/null || true; wait $pid || true; return 0; fi
    test -z "$ended" || break
    call -o /dev/null "$API/sessions/$ID/simulated-message" -d '{"text": "Hello"}'
    sleep 0.2
  done
  echo "never printed: $word"; cat "$output"; kill $pid || true; return 1
}
"""


class Script:
    """Writes the parts into a folder; `lines` is the whole."""

    def __init__(self, folder: Path, replaced: dict[str, str], environment: dict[str, str]) -> None:
        self._folder, self._replaced = folder, replaced
        self._lines = [PRELUDE, *(f"{name}={shlex.quote(value)}" for name, value in environment.items()), UNTIL]
        self.skipped: list[str] = []

    @property
    def text(self) -> str:
        return "\n".join(self._lines)

    def add(self, number: int, block: Block) -> None:
        self._lines.append(f"echo '--- {block}' >&2")
        text = self._local(block.text)
        if block.is_management:
            return self._add_management(number, block)
        if block.language == "sh" and not block.tag:
            return self._lines.append(text)
        suffix = {"sh": "sh", "python": "py", "javascript": "mjs", "php": "php"}[block.language]
        file = self._folder / f"{number}.{suffix}"
        file.write_text(text)
        program = program_of(block.language)
        if not program:
            return self.skipped.append(f"{block}: no {block.language} is installed here")
        command = shlex.join([*program, str(file)])
        if block.tag == "runs until":
            command = f"run_until {shlex.quote(block.value)} {self._folder}/{number}.out {command}"
        return self._lines.append(command)

    def _add_management(self, number: int, block: Block) -> None:
        """In one process: Django takes seconds to start."""
        words = [re.sub(r"^.*?manage\.py ", "", line) for line in block.commands]
        file = self._folder / f"{number}.commands"
        file.write_text("\n".join(words))
        self._lines.append(shlex.join([sys.executable, "-m", "tests.e2e.pages.management", str(file)]))

    def _local(self, text: str) -> str:
        for written, here in self._replaced.items():
            text = text.replace(written, here)
        return text


def program_of(language: str) -> list[str]:
    """What starts a program of this language; nothing where it is not installed."""
    match language:
        case "python":
            return [sys.executable]
        case "javascript":
            return ["node", "--experimental-websocket", "--no-warnings"] if shutil.which("node") else []
        case "php":
            return find_php()
        case _:
            return ["bash", "-euo", "pipefail"]

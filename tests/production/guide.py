"""The shell lines of docs/deployment.md, run as they stand: only what a test must not touch is led elsewhere.

Paths below /opt, /etc, /var and /srv get the server's root in front; addresses of the example are on loopback;
`systemctl`, `useradd`, `apt-get`, `certbot` and `sudo` are shell functions (`functions.sh`).
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from whatsapp_api.core.paths import REPOSITORY

GUIDE = REPOSITORY / "docs" / "deployment.md"
FUNCTIONS = Path(__file__).with_name("functions.sh")
ROOTED = re.compile(r"(?<![\w.{}/-])/(?=(opt|etc|var|srv|backups)/|backups\b)")
Answer = Callable[[list[str]], str]
"""What `systemctl` does: its arguments, and an error or nothing."""


class GuideFailed(Exception):
    """A command of the guide did not work; the text is what it printed."""


def blocks(heading: str, language: str = "sh") -> list[str]:
    """The code blocks below a heading, up to the next one of its rank."""
    rank = heading.split(" ", maxsplit=1)[0]
    text = GUIDE.read_text()
    assert f"\n{heading}\n" in text, f"the guide has no heading {heading!r}"
    section = re.split(rf"\n#{{1,{len(rank)}}} ", text.split(f"\n{heading}\n", 1)[1], maxsplit=1)[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


def replaced(block: str, root: Path, values: dict[str, str]) -> str:
    """The same lines for a server that lives below `root`."""
    text = ROOTED.sub(f"{root}/", block)
    for old, new in values.items():
        text = text.replace(old, new)
    return text


def run(block: str, root: Path, values: dict[str, str], systemctl: Answer, environment: dict[str, str]) -> str:
    """Run one block in one shell; its output. Raises GuideFailed with the output when a line fails."""
    asked_read, asked_write = os.pipe()
    said_read, said_write = os.pipe()
    text = f"set -euo pipefail\n. {FUNCTIONS}\n{replaced(block, root, values)}"
    variables = {
        **environment,
        "ROOT": str(root),
        "REPOSITORY": str(REPOSITORY),
        "BASE_PYTHON": getattr(sys, "_base_executable", sys.executable),
        "TEST_PYTHON": sys.executable,
        "ASK": str(asked_write),
        "TOLD": str(said_read),
    }
    child = subprocess.Popen(
        ["/bin/bash", "-c", text],
        cwd=root,
        env=variables,
        pass_fds=[asked_write, said_read],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    os.close(asked_write)
    os.close(said_read)
    thread = Thread(target=_answer, args=(asked_read, said_write, systemctl))
    thread.start()
    output, _ = child.communicate(timeout=600)
    thread.join()
    if child.returncode:
        raise GuideFailed(f"{block}\n---- ended with {child.returncode}:\n{output[-4000:]}")
    return output


def _answer(asked: int, said: int, systemctl: Answer) -> None:
    """One line a question, until the shell and its children have closed their end."""
    with os.fdopen(asked) as questions, os.fdopen(said, "w") as answers:
        for question in questions:
            try:
                answer = systemctl(question.split()) or "ok"
            except Exception as error:
                answer = f"{type(error).__name__}: {error}"
            answers.write(answer.replace("\n", " ") + "\n")
            answers.flush()

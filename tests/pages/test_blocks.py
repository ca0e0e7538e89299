"""Every block of code in the documents is well-formed, and says why where no test runs it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.pages.blocks import DATA, PAGES, PROGRAMS, READ_ONLY, Block, all_blocks
from tests.webhooks.test_samples import RUNS
from whatsapp_api.core.paths import REPOSITORY
from whatsapp_api.ops.php import find_php

BLOCKS = all_blocks()
TAGS = {"", "not run", "sample", "runs until"}
TARGETS = re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)


def named(block: Block) -> str:
    return str(block)


@pytest.mark.parametrize("block", BLOCKS, ids=named)
def test_it_is_of_a_known_language_and_tag(block: Block) -> None:
    assert block.language in PROGRAMS | DATA | READ_ONLY
    assert block.tag in TAGS
    if block.tag == "not run":
        assert len(block.value.split()) >= 2, "say why"
    if block.tag == "sample":
        assert block.value in RUNS
    if block.language in {"js", "go"}:
        assert block.tag, "say why it is not run"


@pytest.mark.parametrize("block", [each for each in BLOCKS if each.language in DATA], ids=named)
def test_data_can_be_read(block: Block) -> None:
    list(yaml.safe_load_all(block.text)) if block.language == "yaml" else json.loads(block.text)


def checker(language: str, file: Path) -> list[str] | None:
    """The command that parses a program without running it; None where its interpreter is not installed."""
    match language:
        case "sh":
            return ["bash", "-n", str(file)]
        case "python":
            return [sys.executable, "-m", "py_compile", str(file)]
        case "javascript":
            return ["node", "--check", str(file)] if shutil.which("node") else None
        case _:
            php = find_php()
            return [*php, "-l", str(file)] if php else None


@pytest.mark.parametrize("language", sorted(PROGRAMS))
def test_programs_can_be_parsed(language: str, tmp_path: Path) -> None:
    """Those of one language together: they are many, and interpreters take their time to start."""
    for number, block in enumerate(each for each in BLOCKS if each.language == language):
        file = (
            tmp_path / f"{number}.{'mjs' if 'import ' in block.text else 'cjs' if language == 'javascript' else 'txt'}"
        )
        file.write_text(block.text)
        command = checker(language, file)
        if command is None:
            pytest.skip(f"no interpreter of {language} is installed here")
        checked = subprocess.run(command, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, f"{block}: {checked.stdout}{checked.stderr}"


def test_files_that_are_named_exist() -> None:
    folders = "tests|deploy|whatsapp_api|sessions_app|messaging|docs|templates"
    gone = [
        f"{page}: {name}"
        for page in PAGES
        for name in re.findall(rf"`((?:{folders})/[\w./-]*)`", (REPOSITORY / page).read_text())
        if not (REPOSITORY / name).exists()
    ]
    assert gone == []


def test_targets_of_make_exist() -> None:
    asked = {
        target
        for block in BLOCKS
        if block.language == "sh"
        for target in re.findall(r"^make ([a-z-]+)", block.text, re.M)
    }
    assert sorted(asked - set(TARGETS)) == []

"""docs/configuration.md names every environment variable, with its true default, and none that there is not."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
READ = re.compile(
    r"""(?:env\.\w+|_mapping|_port|environ\.get)\(\s*["']([A-Z][A-Z_]+)["']|environ\[["']([A-Z][A-Z_]+)["']\]"""
)
NUMBER = re.compile(r"""env\.(?:integer|rate)\(["']([A-Z_]+)["'],\s*["']?([0-9_/smhd]+)""")
ROW = re.compile(r"^\| (`[A-Z_]+`.*?) \| (.*?) \|", re.MULTILINE)
# Of the system, or between our own processes.
OTHERS = {"PATH", "XDG_RUNTIME_DIR", "SPHINX", "INSTANCE", "LD_LIBRARY_PATH"}


def code() -> str:
    folders = [ROOT / name for name in ("whatsapp_api", "sessions_app", "messaging")]
    return "\n".join(file.read_text() for folder in folders for file in sorted(folder.rglob("*.py")))


def read_names() -> set[str]:
    procfile = re.findall(r"\$\{?([A-Z_]+)", (ROOT / "Procfile").read_text())
    found = {first or second for first, second in READ.findall(code())}
    return (found | set(procfile)) - OTHERS


def documented() -> dict[str, str]:
    rows = ROW.findall((ROOT / "docs" / "configuration.md").read_text())
    return {name: default for names, default in rows for name in re.findall(r"`([A-Z_]+)`", names)}


def test_it_finds_what_is_read() -> None:
    assert {"DATABASE_URL", "MASTER_KEY", "PORT", "SNAPSHOTS_STORAGE_OPTIONS", "SANDBOX_PORT", "MONGOD"} <= read_names()


def test_every_variable_is_documented() -> None:
    assert sorted(read_names() - set(documented())) == []


def test_every_documented_variable_is_read() -> None:
    text = code()
    assert [name for name in documented() if f'"{name}"' not in text and f"'{name}'" not in text] == []


@pytest.mark.parametrize(("name", "default"), sorted(set(NUMBER.findall(code()))))
def test_numbers_have_the_default_that_is_documented(name: str, default: str) -> None:
    assert documented()[name] == f"`{default.replace('_', '')}`"

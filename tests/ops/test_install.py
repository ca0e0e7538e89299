"""Making the virtual environment, before anything is installed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from whatsapp_api.ops import bootstrap, install


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that needs no package at all."""
    move_to(tmp_path / "checkout", monkeypatch)
    (tmp_path / "checkout").mkdir()
    (tmp_path / "checkout" / "requirements.txt").write_text("# nothing\n")
    monkeypatch.setitem(install.PROFILES, "run", ["requirements.txt"])
    return tmp_path / "checkout"


def move_to(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "REPOSITORY", path)
    monkeypatch.setattr(install, "VENV", path / ".venv")
    monkeypatch.setattr(install, "PYTHON", path / ".venv" / "bin" / "python")


def test_an_old_python_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(sys, "version_info", (3, 8, 10, "final", 0))
    assert bootstrap.main() == 1
    message = capsys.readouterr().err
    assert message.startswith("error: Python 3.11 or newer is needed; this is 3.8 ")
    assert message.count("\n") == 1


def test_an_old_python_can_read_the_bootstrap():
    ast.parse(Path(bootstrap.__file__).read_text(), feature_version=(3, 6))


def test_it_installs_once_and_again_only_when_something_changed(checkout: Path, capfd: pytest.CaptureFixture[str]):
    assert install.main(["run"]) == 0
    assert "Creating the virtual environment" in capfd.readouterr().out
    assert (checkout / ".venv" / "bin" / "pip").exists()

    assert install.main(["run"]) == 0
    assert capfd.readouterr().out == ""

    (checkout / "requirements.txt").write_text("# still nothing\n")
    assert install.main(["run"]) == 0
    output = capfd.readouterr().out
    assert "Installing the pinned packages" in output
    assert "Creating" not in output


def test_a_moved_checkout_gets_a_new_environment(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    install.main(["run"])
    moved = checkout.rename(checkout.with_name("moved"))
    move_to(moved, monkeypatch)
    assert install.main(["run"]) == 0
    assert f"Creating the virtual environment {moved}" in capfd.readouterr().out
    subprocess.run([moved / ".venv" / "bin" / "pip", "--version"], check=True)


def test_a_failed_installation_is_tried_again(checkout: Path, capfd: pytest.CaptureFixture[str]):
    (checkout / "requirements.txt").write_text("-r missing.txt\n")
    assert install.main(["run"]) == 1
    assert "error: Installing the packages failed" in capfd.readouterr().err
    (checkout / "requirements.txt").write_text("# nothing\n")
    assert install.main(["run"]) == 0


def test_a_python_without_venv_is_told_what_to_install(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ensurepip" else object())
    assert install.main(["run"]) == 1
    assert "comes without ensurepip" in capsys.readouterr().err
    assert not (checkout / ".venv").exists()

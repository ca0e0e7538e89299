"""Creating `.venv` and installing the pinned packages into it. Standard library only: nothing is there yet."""

import argparse
import fcntl
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
VENV = REPOSITORY / ".venv"
PYTHON = VENV / "bin" / "python"
PROFILES = {
    "run": ["requirements.txt"],
    "docs": ["requirements.txt", "docs/requirements.txt"],
    "test": ["requirements.txt", "docs/requirements.txt", "tests/requirements.txt", "tests/requirements-mongod.txt"],
}


class CannotInstall(Exception):
    """Its text is for the person at the terminal."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bootstrap", description=__doc__)
    parser.add_argument("profile", choices=list(PROFILES), nargs="?", default="run")
    profile = parser.parse_args(arguments).profile
    try:
        install(profile)
        if profile == "test":
            _run([str(PYTHON), "-m", "whatsapp_api.ops.test_tools"], "Preparing the test tools failed, as said above.")
    except CannotInstall as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def install(profile: str) -> None:
    """Nothing to do when the stamp says that these very files were installed into this very place."""
    if _is_installed(profile):
        return
    with _one_at_a_time():
        if _is_installed(profile):
            return
        if not _venv_works():
            _create_venv()
        _install_packages(profile)
        _stamp_file(profile).write_text(_stamp(profile))


def _is_installed(profile: str) -> bool:
    stamp = _stamp_file(profile)
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == _stamp(profile)


def _stamp_file(profile: str) -> Path:
    return VENV / f"installed-{profile}"


def _stamp(profile: str) -> str:
    """Covers the place too: scripts in a virtual environment hold its path, so a moved one does not work."""
    digest = hashlib.sha256(os.fsencode(VENV))
    for name in PROFILES[profile]:
        digest.update((REPOSITORY / name).read_bytes())
    return digest.hexdigest()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (REPOSITORY / ".bootstrap.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another start is installing at the moment; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _venv_works() -> bool:
    """Its pip script starts, lives in this place and belongs to a Python that is new enough."""
    try:
        answer = subprocess.run([str(VENV / "bin" / "pip"), "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    version = re.search(r"\(python (\d+)\.(\d+)\)", answer.stdout)
    return f"{VENV}{os.sep}" in answer.stdout and version is not None and (int(version[1]), int(version[2])) >= (3, 11)


def _create_venv() -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise CannotInstall(
                f"This Python {version} comes without {module}: install your system's package for it "
                f"(on Debian and Ubuntu: apt-get install python{version}-venv), then run make again."
            )
    print(f"Creating the virtual environment {VENV} with Python {version} ...", flush=True)
    _run([sys.executable, "-m", "venv", "--clear", str(VENV)], "The virtual environment could not be created.")


def _install_packages(profile: str) -> None:
    print(
        f"Installing the pinned packages for `{profile}` (only at the first start, and when they changed) ...",
        flush=True,
    )
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--progress-bar", _bar()]
    failure = "Installing the packages failed, as said above; is the package index reachable? Run make again to retry."
    for name in PROFILES[profile]:
        # Hashes pin the one package that is a program for the tests rather than a library of ours.
        hashed = ["--no-deps", "--require-hashes"] if name.endswith("mongod.txt") else []
        _run([*pip, *hashed, "-r", str(REPOSITORY / name)], failure)


def _bar() -> str:
    return "on" if sys.stdout.isatty() else "off"


def _run(command: list[str], failure: str) -> None:
    if subprocess.run(command, cwd=REPOSITORY, stdin=subprocess.DEVNULL, check=False).returncode:
        raise CannotInstall(failure)

"""Debian's packages for the tests, unpacked into .venv and not installed: an installed server would begin to serve."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(sys.prefix) / "debian"


def unpack(packages: Sequence[str], folder: Path) -> bool:
    """All of them into `folder`, or nothing."""
    with tempfile.TemporaryDirectory(prefix="wa-debian-") as scratch:
        # Downloaded by apt's own user where it has one.
        Path(scratch).chmod(0o755)
        if not _quietly(["apt-get", "download", "-qq", *packages], scratch):
            return False
        root = Path(scratch) / "root"
        if not all(_quietly(["dpkg-deb", "-x", str(each), str(root)], scratch) for each in Path(scratch).glob("*.deb")):
            return False
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.move(root, folder)
        return True


def _quietly(command: list[str], folder: str) -> bool:
    try:
        finished = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return False
    return finished.returncode == 0

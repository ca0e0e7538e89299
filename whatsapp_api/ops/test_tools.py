"""What the tests need beyond Python packages: a mongod that starts, and a Chromium. Run by .venv."""

import os
import shutil
import subprocess
import sys

from whatsapp_api.ops import mongod
from whatsapp_api.ops.chromium import find_chromium

APT = ["apt-get", "-o", "DPkg::Lock::Timeout=300"]


def main() -> int:
    return 0 if _mongod_ready() and _chromium_ready() else 1


def _mongod_ready() -> bool:
    if _mongod_starts() or (_apt_install("libcurl4") and _mongod_starts()):
        return True
    return _missing("MongoDB's server (mongod 6.0 or newer) does not start here", "MONGOD")


def _mongod_starts() -> bool:
    try:
        command = [str(mongod.binary()), "--version"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _chromium_ready() -> bool:
    if find_chromium() or (_apt_install("chromium") and find_chromium()):
        return True
    return _missing("The browser tests need Chromium or Google Chrome", "CHROMIUM")


def _missing(what: str, variable: str) -> bool:
    print(f"error: {what}: install it, or set {variable} to its path, and run `make test` again.", file=sys.stderr)
    return False


def _apt_install(package: str) -> bool:
    """Debian's package, when we may install it without asking; package lists are fetched only when needed."""
    rights = _rights()
    if rights is None or not shutil.which("apt-get"):
        return False
    print(f"Installing {package} for the tests ...", flush=True)
    install = [*rights, *APT, "install", "-y", "-qq", "--no-install-recommends", package]
    return _quietly(install) or (_quietly([*rights, *APT, "update", "-qq"]) and _quietly(install))


def _rights() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _quietly(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def _quietly(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    finished = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return finished.returncode == 0


if __name__ == "__main__":
    sys.exit(main())

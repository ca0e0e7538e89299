"""What the tests need beyond Python packages: a mongod that starts, a Chromium and an nginx. Run by .venv.

Message brokers and PHP are fetched as well; where they cannot be had, their tests are skipped.
"""

import os
import shutil
import subprocess
import sys

from whatsapp_api.ops import brokers, mongod, nginx, php
from whatsapp_api.ops.chromium import find_chromium

APT = ["apt-get", "-o", "DPkg::Lock::Timeout=300"]


def main() -> int:
    if not (_mongod_ready() and _chromium_ready() and _nginx_ready()):
        return 1
    _optional_fetched()
    return 0


def _mongod_ready() -> bool:
    if not _mongod_complaint() or (_apt_install("libcurl4") and not _mongod_complaint()):
        return True
    return _missing(f"MongoDB's server (mongod 6.0 or newer) does not start here ({_mongod_complaint()})", "MONGOD")


def _mongod_complaint() -> str:
    """Why it does not start: often a shared library that is missing; empty when it does."""
    try:
        command = [str(mongod.binary()), "--version"]
        finished = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        return str(error)
    return (finished.stderr.strip() or f"exit code {finished.returncode}") if finished.returncode else ""


def _chromium_ready() -> bool:
    if find_chromium() or (_apt_install("chromium") and find_chromium()):
        return True
    return _missing("The browser tests need Chromium or Google Chrome", "CHROMIUM")


def _nginx_ready() -> bool:
    if nginx.find_nginx() or (nginx.unpack() and nginx.find_nginx()):
        return True
    if _lists_fetched() and nginx.unpack():
        return True
    return _missing("The tests of the deployment need nginx", "NGINX")


def _optional_fetched() -> None:
    for name, find, unpack in (
        ("nats-server", brokers.find_nats, brokers.unpack_nats),
        ("rabbitmq-server", brokers.find_rabbitmq, brokers.unpack_rabbitmq),
        ("php", php.find_php, php.unpack),
    ):
        if not find() and not unpack() and not (_lists_fetched() and unpack()):
            print(f"note: {name} cannot be had here, tests that need it are skipped.", file=sys.stderr)


def _lists_fetched() -> bool:
    rights = _rights()
    return rights is not None and _quietly([*rights, *APT, "update", "-qq"])


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

"""Finding the PHP that runs examples of the documents; `make test` unpacks Debian's, if there is none and it can."""

import os
import re
import shutil
import subprocess

from whatsapp_api.ops import debian

UNPACKED = debian.FOLDER / "php"
# Of its libraries those that a small Debian lacks.
LIBRARIES = ("libargon2-1", "libsodium23", "libedit2", "libxml2", "libmagic1", "libpcre2-8-0")
DEPENDS = ["apt-cache", "depends", "php-cli"]


def find_php() -> list[str]:
    """The command that starts it, or nothing."""
    if chosen := os.environ.get("PHP") or shutil.which("php"):
        return [chosen]
    program = next(iter(sorted(UNPACKED.glob("usr/bin/php[0-9]*"))), None)
    libraries = ":".join(str(path) for path in UNPACKED.glob("usr/lib/*"))
    command = ["env", f"LD_LIBRARY_PATH={libraries}", str(program), "-n"]
    return command if program and _starts(command) else []


def unpack() -> bool:
    return debian.unpack((_package(), *LIBRARIES), UNPACKED) and bool(find_php())


def _package() -> str:
    """`php-cli` itself is empty: it stands for the package of the release."""
    try:
        answer = subprocess.run(DEPENDS, capture_output=True, text=True, check=False)
    except OSError:
        return "php-cli"
    found = re.search(r"Depends: (php[\d.]+-cli)", answer.stdout)
    return found[1] if found else "php-cli"


def _starts(command: list[str]) -> bool:
    return subprocess.run([*command, "-v"], capture_output=True, check=False).returncode == 0

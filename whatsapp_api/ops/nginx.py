"""Finding the nginx that the tests of deploy/nginx drive; `make test` unpacks Debian's where there is none."""

import os
import shutil
import sys
from pathlib import Path

from whatsapp_api.ops import debian

UNPACKED = Path(sys.prefix) / "nginx"


def find_nginx() -> str | None:
    """NGINX, the system's, or the one that was unpacked."""
    if chosen := os.environ.get("NGINX"):
        return chosen
    program = UNPACKED / "usr" / "sbin" / "nginx"
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx") or (str(program) if program.is_file() else None)


def unpack() -> bool:
    return debian.unpack(["nginx"], UNPACKED)

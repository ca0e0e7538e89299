"""Where live session stores go: memory that survives our processes, where the machine has some.

A live store holds an account's private keys in clear, so it should not touch a disk. Standard library only.
"""

import getpass
import hashlib
import os
import shutil
from pathlib import Path

from .paths import data_dir, sessions_dir

WANTED = 256 * 1024 * 1024  # Docker gives /dev/shm 64 MB by default: too little for 50 stores and their journals
SYSTEM_USERS = 1000  # ids below are services, whose files systemd leaves alone


def store_root(chosen: str = "") -> Path:
    """`chosen` (SESSIONS_DIR), else a directory of ours on tmpfs, else DATA_DIR/sessions on the disk."""
    if chosen:
        return Path(chosen).expanduser().absolute()
    name = f"whatsapp-api-{os.getuid()}-{hashlib.sha256(os.fsencode(data_dir())).hexdigest()[:12]}"
    for folder in _candidates():
        if is_tmpfs(folder) and _usable(folder):
            return folder / name
    return sessions_dir()


def is_tmpfs(path: Path) -> bool:
    """Is it memory? Asked of the kernel's mount table; elsewhere than on Linux the answer is no."""
    try:
        mounts = Path("/proc/self/mounts").read_text().splitlines()
        wanted = str(path.resolve())
    except OSError:
        return False
    kinds = {fields[1]: fields[2] for fields in (line.split(" ") for line in mounts)}
    above = [wanted, *map(str, Path(wanted).parents)]
    return next((kinds[place] == "tmpfs" for place in above if place in kinds), False)


def survives_logout() -> bool:
    """systemd wipes a person's files in /dev/shm and /run/user when they log out, unless they may linger."""
    if os.getuid() < SYSTEM_USERS or not Path("/run/systemd/system").exists():
        return True
    try:
        return Path("/var/lib/systemd/linger", getpass.getuser()).exists()
    except (KeyError, OSError):
        return False


def _candidates() -> list[Path]:
    if not survives_logout():
        return []
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return [Path("/dev/shm"), *([Path(runtime)] if runtime else [])]  # noqa: S108 a private directory goes inside


def _usable(folder: Path) -> bool:
    try:
        return os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).total >= WANTED
    except OSError:
        return False

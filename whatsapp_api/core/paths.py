"""Where things lie on disk, decided in one place. Standard library only: the process runner reads it too."""

import hashlib
import os
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# The kernel's limit for a socket path is 108 bytes (104 on macOS); clients add a little of their own.
SOCKET_PATH_LIMIT = 100


def data_dir() -> Path:
    """Everything the platform keeps on this machine; DATA_DIR, or `var` in the repository."""
    return Path(os.environ.get("DATA_DIR") or REPOSITORY / "var").expanduser().resolve()


def run_dir() -> Path:
    """Sockets, locks and records of running processes."""
    return data_dir() / "run"


def redis_dir() -> Path:
    """What the bundled Redis-compatible server keeps."""
    return data_dir() / "redis"


def sandbox_dir() -> Path:
    """The simulated phones' state."""
    return data_dir() / "sandbox"


def sessions_dir() -> Path:
    """Working copies of session stores and their spools."""
    return data_dir() / "sessions"


def redis_socket() -> Path:
    """The bundled server's socket: in `run`, or in the temporary directory when that path is too long for a socket."""
    path = run_dir() / "redis.sock"
    if len(os.fsencode(path)) < SOCKET_PATH_LIMIT:
        return path
    name = hashlib.sha256(os.fsencode(data_dir())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"wa-{name}" / "redis.sock"


def private_dir(path: Path) -> Path:
    """Create a directory that only we can enter; refuse one that somebody else made."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for owner in (path.lstat().st_uid, path.stat().st_uid):  # a link that somebody else put there leads to us as well
        if owner != os.getuid():
            raise PermissionError(f"{path} belongs to user {owner}, not to us")
    path.chmod(0o700)
    return path

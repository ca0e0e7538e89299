"""What must hold before anything is started; each failure is one sentence that says what to do."""

import errno
import fcntl
import os
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WANTED_FILES = 65536


class CannotStart(Exception):
    """Its text is for the person at the terminal."""


@contextmanager
def only_runner(data_dir: Path) -> Iterator[None]:
    """One runner per data directory; the kernel frees the lock however the runner ends."""
    path = data_dir / "run" / "runner.lock"
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip()
            raise CannotStart(
                f"The platform is already running on {data_dir} (process {owner}): stop that one first, "
                "or set DATA_DIR to another directory."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def port_is_free(host: str, port: int, variable: str) -> None:
    """Refuse a port that another program listens on, naming the variable that changes it."""
    family, kind, protocol, _, address = _resolve(host, port, variable)
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise CannotStart(_reason(error, host, port, variable)) from None


def raise_file_limit() -> None:
    """Every account holds several sockets and files; the usual soft limit of 1024 is soon reached."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(WANTED_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _resolve(host: str, port: int, variable: str) -> tuple[int, int, int, str, tuple[object, ...]]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror:
        name = variable.replace("PORT", "HOST")
        raise CannotStart(f"{name} is {host!r}, which is not an address of this machine.") from None


def _reason(error: OSError, host: str, port: int, variable: str) -> str:
    example = f"set {variable} to a free port, for example `{variable}={port + 1 if port < 65535 else 8001} make run`."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use by another program: {example}"
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for the administrator: {example}"
    return f"Cannot listen on {host}, port {port} ({error.strerror}): check HOST and {variable}."

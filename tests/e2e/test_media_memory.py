"""A 64 MB document passes through web, worker and owner of the session without any of them holding it."""

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.e2e.media_line import FRIEND, Line
from tests.e2e.platform import Platform

SIZE = 64 << 20
BUDGET = 4 << 20
"""Bytes of a file that a process may hold at a time, copies and buffers included (docs/performance.md)."""
BOUNDARY = b"a-line-that-random-bytes-do-not-hold"
HEAD = b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="file"; filename="large.bin"\r\n\r\n'
WATCHED = ("uvicorn", "-Q default", "-Q sessions")


class Memory(threading.Thread):
    """Samples how much memory of their own the processes use, and keeps the highest."""

    def __init__(self, processes: list[psutil.Process]) -> None:
        super().__init__(daemon=True)
        self.processes = processes
        self.names = {each.pid: _name(each) for each in processes}
        self.before = {each.pid: _own(each) for each in processes}
        self.highest = dict(self.before)
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.02):
            for each in self.processes:
                self.highest[each.pid] = max(self.highest[each.pid], _own(each))

    def rise(self) -> dict[str, int]:
        self._over.set()
        self.join()
        return {self.names[each.pid]: self.highest[each.pid] - self.before[each.pid] for each in self.processes}


def _own(process: psutil.Process) -> int:
    """Resident and anonymous: pages of files are the kernel's to take back."""
    try:
        text = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next(int(row.split()[1]) * 1024 for row in text.splitlines() if row.startswith("Anonymous:"))


def _name(process: psutil.Process) -> str:
    try:
        return f"{process.pid} {' '.join(process.cmdline())}"
    except psutil.Error:  # it has ended
        return ""


def _processes(platform: Platform) -> list[psutil.Process]:
    found = psutil.Process(platform.runner_pid).children(recursive=True)
    return [each for each in found if any(mark in _name(each) for mark in WATCHED)]


def _chunks() -> Iterator[bytes]:
    """64 MB that do not compress, made as they are sent."""
    block = os.urandom(1 << 20)
    for number in range(SIZE >> 20):
        yield number.to_bytes(4, "big") + block[4:]


def _form() -> Iterator[bytes]:
    yield HEAD
    yield from _CHUNKS
    yield b"\r\n--" + BOUNDARY + b"--\r\n"


_CHUNKS: list[bytes] = []


@pytest.mark.timeout(240)
def test_a_large_document_streams_through(platform: Platform, line: Line) -> None:
    api, session_id, friend = line
    _CHUNKS[:] = list(_chunks())
    wanted = hashlib.sha256(b"".join(_CHUNKS)).hexdigest()
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY.decode()}"}
    api.http.post("/media", content=b"".join(_small()), headers=kind).raise_for_status()  # modules are loaded

    memory = Memory(_processes(platform))
    memory.start()
    media = api.http.post("/media", content=_form(), headers=kind, timeout=120)
    assert media.status_code == 201, media.text
    assert (media.json()["size"], media.json()["sha256"]) == (SIZE, wanted)
    body: dict[str, Any] = {"to": f"+{FRIEND}", "media": {"id": media.json()["id"]}}
    message = api.settled(session_id, "/document", body)
    served = hashlib.sha256()
    with api.http.stream("GET", f"{api.platform.url}{media.json()['url']}") as answer:
        for chunk in answer.iter_bytes():
            served.update(chunk)
    rise = memory.rise()

    arrived = friend.wait_message(seconds=60, id=message["wa_id"])
    assert arrived["media"]["sha256"] == wanted == served.hexdigest()
    assert len(rise) >= 3
    assert {name: value for name, value in rise.items() if value >= 3 * BUDGET} == {}, rise


def _small() -> Iterator[bytes]:
    yield HEAD
    yield b"small"
    yield b"\r\n--" + BOUNDARY + b"--\r\n"

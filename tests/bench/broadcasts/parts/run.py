"""Imports a table of contacts, checks and launches a broadcast to all of them, and watches the two processes that carry
it out: a worker that ticks, and an owner whose sender answers at once and only counts. Meanwhile it writes replies.

What is measured is the platform's own work, on the database of this process.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import IO, Any

import psutil
from django.db import connection

from messaging.audience.importing.services import import_create, import_run, import_start
from messaging.audience.models import Addressee, ContactImport
from messaging.broadcasts import services
from messaging.broadcasts.check_job import check_ask, check_run
from messaging.broadcasts.models import Broadcast, BroadcastRecipient
from messaging.broadcasts.payloads import counts_of
from messaging.models import Direction, Message, MessageState
from sessions_app.models import Session
from tests import factories
from tests.bench.broadcasts.parts.measuring import Trips
from whatsapp_api.accounts.models import Workspace

REPLY_EVERY = 2.0
SAMPLES = 5


def main(recipients: int, sessions: int) -> None:
    workspace = factories.workspace("Bench")
    rows = [factories.connected_session(workspace, f"S{number}") for number in range(sessions)]
    trips = Trips()
    with connection.execute_wrapper(trips):
        took = _timed(lambda: _import(workspace, recipients))
    print(f"import of {recipients:,} rows: {took:.0f} s, {trips.count / recipients:.3f} round trips a row")
    broadcast = _draft(workspace, rows)
    took = _timed(lambda: _check(broadcast))
    print(f"check of the whole audience: {took:.1f} s")
    services.broadcast_launch(broadcast)
    _carry_out(broadcast, rows, recipients)


def _carry_out(broadcast: Broadcast, rows: list[Session], recipients: int) -> None:
    began = time.monotonic()
    children = {name: _start(name, broadcast) for name in ("feed", "send")}
    memory: dict[str, list[float]] = {name: [] for name in children}
    waited: list[float] = []
    expanded = 0.0
    while not Broadcast.objects.filter(pk=broadcast.pk, finished_at__isnull=False).exists():
        for name, child in children.items():
            if child.poll() is not None:
                raise RuntimeError(f"{name} ended with {child.returncode}")
            memory[name].append(psutil.Process(child.pid).memory_info().rss / 2**20)
        if not expanded and Broadcast.objects.filter(pk=broadcast.pk, expanded_at__isnull=False).exists():
            expanded = time.monotonic() - began
        waited.append(_reply(rows[0]))
        time.sleep(REPLY_EVERY)
    took = time.monotonic() - began
    answers = {name: json.loads(child.communicate(timeout=60)[0]) for name, child in children.items()}
    counts = counts_of(broadcast.pk)
    assert counts["sent"] == recipients, counts
    print(f"{recipients:,} recipients: {took:.0f} s, {recipients / took:.0f}/s; all expanded after {expanded:.0f} s")
    for name, answer in answers.items():
        print(f"{name}: {answer['trips'] / recipients:.1f} round trips a recipient, peak {answer['peak']:.0f} MB;")
        print(f"  memory along the way: {', '.join(f'{each:.0f}' for each in _spread(memory[name]))} MB")
    print(f"a reply left after {sorted(waited)[len(waited) // 2] * 1000:.0f} ms in the middle of {len(waited)},")
    print(f"  {max(waited) * 1000:.0f} ms at most")
    took = _timed(lambda: _remove(broadcast))
    print(f"removal of the broadcast: {took:.1f} s in the background")


def _import(workspace: Workspace, recipients: int) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"phone,name,city\n")
        for number in range(recipients):
            file.write(f"+34{600_000_000 + number},P{number},City {number % 50}\n".encode())
        file.seek(0)
        row: ContactImport = import_create(workspace_id=workspace.pk, name="bench.csv", file=file)
    import_start(row, mapping=row.mapping, country="", list_id=None, tag_text="")
    import_run(row.pk)
    assert Addressee.objects.count() == recipients


def _draft(workspace: Workspace, rows: list[Session]) -> Broadcast:
    text = "Hi {{name}} of {{city}}"
    return Broadcast.objects.create(
        workspace=workspace,
        name="Bench",
        session_ids=[str(row.pk) for row in rows],
        audience={"everybody": True},
        variants=[{"name": "A", "weight": 1, "kind": "text", "content": {"text": text}, "defaults": {}}],
    )


def _check(broadcast: Broadcast) -> None:
    check_ask(broadcast)
    check_run(broadcast.pk)
    report = check_ask(broadcast)[1]
    assert report and report.ok, report


def _start(name: str, broadcast: Broadcast) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", f"tests.bench.broadcasts.parts.{name}", str(broadcast.pk)]
    output: IO[Any] | int = subprocess.PIPE
    return subprocess.Popen(command, stdout=output, text=True)


def _reply(session: Session) -> float:
    """Seconds from writing it until it has left."""
    began = time.monotonic()
    row = factories.message(session, direction=Direction.OUT, state=MessageState.QUEUED, text="a reply")
    while not Message.objects.filter(pk=row.pk, state=MessageState.SENT).exists():
        if time.monotonic() - began > 30:
            raise TimeoutError("a reply waits for more than 30 s")
        time.sleep(0.01)
    return time.monotonic() - began


def _remove(broadcast: Broadcast) -> None:
    services.broadcast_delete(broadcast)
    services.deleted_finish()
    assert not BroadcastRecipient.objects.exists()


def _timed(work: Callable[[], None]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _spread(values: list[float]) -> list[float]:
    """Evenly from the first to the last."""
    if len(values) <= SAMPLES:
        return values
    return [values[number * (len(values) - 1) // (SAMPLES - 1)] for number in range(SAMPLES)]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

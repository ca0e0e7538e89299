"""`make bench-sessions [ARGS="--capacity 10 --sessions 50"]`: what many sessions on one machine cost."""

import argparse
import os
import platform as machine
import signal
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil

from sessions_app.sandbox.client import SandboxClient
from tests.bench.figures import table
from tests.e2e.api import Api, eventually
from tests.e2e.platform import Platform

RUNS = ((50, 1), (50, 10), (50, 50), (100, 50))
IDLE_SECONDS = 20.0
PAIR_AT_ONCE = 4
MEGABYTE = 1024 * 1024
HOST = "sessions_app.engine.host"


@dataclass(frozen=True, slots=True)
class Usage:
    """Of the sessions tier: the worker, its parent and its hosts."""

    worker_pss: int
    host_pss: list[int]
    host_rss: list[int]
    worker_rss: int

    @property
    def pss(self) -> int:
        return self.worker_pss + sum(self.host_pss)

    @property
    def rss(self) -> int:
        return self.worker_rss + sum(self.host_rss)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-sessions")
    parser.add_argument("--sessions", type=int, help="with --capacity: only this run")
    parser.add_argument("--capacity", type=int)
    parser.add_argument("--idle", type=float, default=IDLE_SECONDS, help="seconds over which CPU is measured")
    options = parser.parse_args()
    runs = [(options.sessions or 50, options.capacity)] if options.capacity else RUNS
    rows: list[tuple[str, ...]] = [HEAD]
    for sessions, capacity in runs:
        rows.append(measure(sessions, capacity, options.idle))
        print(table([HEAD, rows[-1]]), flush=True)
    print(f"\n{machine.machine()}, {os.cpu_count()} cores, Python {machine.python_version()}\n")
    print(table(rows))


HEAD = (
    "sessions",
    "a host",
    "hosts",
    "all back after a cold start",
    "worker PSS",
    "a host PSS (RSS)",
    "tier PSS",
    "tier RSS",
    "CPU idle",
)


def measure(sessions: int, capacity: int, idle: float) -> tuple[str, ...]:
    """Link, stop the sessions worker, start it again, watch."""
    with (
        tempfile.TemporaryDirectory(prefix="wa-bench-", ignore_cleanup_errors=True) as folder,
        Platform(Path(folder), SESSION_HOST_CAPACITY=str(capacity), DJANGO_DEBUG="0") as running,
    ):
        api = Api(running)
        link_all(api, SandboxClient(running.sandbox_url), sessions)
        back = restart(running, api, sessions)
        eventually(lambda: len(hosts(running)) <= -(-sessions // capacity) + 1, "only hosts that are needed", 90)
        time.sleep(5)  # snapshots of what the connection changed
        share = idle_share(running, idle)
        usage = weigh(running)
    return row(sessions, capacity, back, usage, share)


def row(sessions: int, capacity: int, back: float, usage: Usage, share: float) -> tuple[str, ...]:
    count = len(usage.host_pss)
    pss, rss = max(usage.host_pss), max(usage.host_rss)
    return (
        str(sessions),
        str(capacity),
        str(count),
        f"{back:.1f} s",
        f"{usage.worker_pss / MEGABYTE:.0f} MB",
        f"{pss / MEGABYTE:.0f} ({rss / MEGABYTE:.0f}) MB",
        f"{usage.pss / MEGABYTE:.0f} MB",
        f"{usage.rss / MEGABYTE:.0f} MB",
        f"{share * 100:.1f} % of a core",
    )


def link_all(api: Api, sandbox: SandboxClient, count: int) -> None:
    """Each session with a phone of its own, a few at a time."""

    def link(number: int) -> None:
        api.session_link(f"Bench {number}", sandbox.create_phone(), timeout=60)

    with ThreadPoolExecutor(PAIR_AT_ONCE) as threads:
        list(threads.map(link, range(count)))


def restart(running: Platform, api: Api, count: int) -> float:
    """From the end of one worker until the next one has all sessions connected."""
    worker = psutil.Process(running.kill("sessions", signal.SIGTERM))
    worker.wait(60)
    began = time.time()
    eventually(lambda: connected(api) == count, f"{count} sessions connected", 180, pause=0.2)
    return time.time() - began


def connected(api: Api) -> int:
    sessions = api.get("/sessions", limit=200)["results"]
    return sum(session["state"] == "CONNECTED" for session in sessions)


def hosts(running: Platform) -> list[psutil.Process]:
    return [process for process in tier(running) if is_host(process)]


def is_host(process: psutil.Process) -> bool:
    try:
        return HOST in " ".join(process.cmdline())
    except psutil.Error:  # gone, or a zombie
        return False


def tier(running: Platform) -> list[psutil.Process]:
    worker = psutil.Process(running.pid("sessions"))
    found = [worker, *worker.children(recursive=True)]
    return [process for process in found if _lives(process)]


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:  # it ended since it was found
        return False


def weigh(running: Platform) -> Usage:
    found = hosts(running)
    rest = [process for process in tier(running) if process not in found]
    of_hosts = [process.memory_full_info() for process in found]
    of_rest = [process.memory_full_info() for process in rest]
    return Usage(
        worker_pss=sum(info.pss for info in of_rest),
        worker_rss=sum(info.rss for info in of_rest),
        host_pss=[info.pss for info in of_hosts],
        host_rss=[info.rss for info in of_hosts],
    )


def idle_share(running: Platform, seconds: float) -> float:
    """Cores used by the tier while nothing happens."""

    def used() -> float:
        return sum(sum(process.cpu_times()[:2]) for process in tier(running))

    before = used()
    time.sleep(seconds)
    return (used() - before) / seconds


if __name__ == "__main__":
    main()

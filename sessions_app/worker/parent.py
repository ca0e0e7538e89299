"""A small process above a sessions worker. When the worker dies, it says so at once, so nobody waits for the lease.

When the worker gives no sign of life for longer than its lease, it is ended: who has lost everything locks nothing.

    python -m sessions_app.worker.parent -- celery -A ... worker ... --session-supervisor

It hands signals on and ends with the worker's exit code, so that whoever watches over it starts both anew. Loads
nothing until the worker is dead: it costs a few megabytes.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from types import FrameType

from .pulse import EVERY, PIPE_FD, Pulse, Told

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
HOSTS_END_WITHIN = 3.5  # they notice the end of their worker by themselves, let sends finish and spool what came
KILLED_WITHIN = 10.0  # longer than it ever takes: whoever gives up leaves others to wait for the lease
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)


def run(command: list[str]) -> int:
    """Run the worker until it ends, then put its affairs in order; the exit code to end with."""
    told, telling = os.pipe()
    os.set_blocking(told, False)
    _adopt_orphans()
    forwarder = _Forwarder()
    worker = subprocess.Popen(  # noqa: S603 - the command line is ours
        command, pass_fds=[telling], env={**os.environ, PIPE_FD: str(telling)}, preexec_fn=_preparation()
    )
    os.close(telling)
    forwarder.hand_on_to(worker)
    pulse = Pulse(told)
    with _watched(worker, pulse):
        code = _wait(worker)
    pulse.read()
    _report(pulse.nodes, code)
    return code if code >= 0 else 128 - code


def _wait(worker: "subprocess.Popen[bytes]") -> int:
    """Until the worker ends. What its hosts left behind is ours to collect meanwhile, or it stays as zombies."""
    while worker.returncode is None:
        pid, status = os.waitpid(-1, 0)
        if pid == worker.pid:
            worker.returncode = os.waitstatus_to_exitcode(status)
    return worker.returncode


@contextlib.contextmanager
def _watched(worker: "subprocess.Popen[bytes]", pulse: Pulse) -> Iterator[None]:
    """End it when it hangs."""

    def look(number: int, frame: FrameType | None) -> None:
        if not pulse.look() and worker.returncode is None:
            print(f"worker gave no sign of life for {pulse.silent:.0f} s: killed", flush=True)  # noqa: T201
            os.kill(worker.pid, signal.SIGKILL)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, EVERY, EVERY)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _report(nodes: list[Told], code: int) -> None:
    """A worker that stopped in order has released its lease; then this finds nothing to do."""
    files = [node.life_file for node in nodes if os.path.exists(node.life_file)]  # noqa: PTH110
    if not files:
        return
    from sessions_app.cluster.obituary import Obituary

    obituary = Obituary(files, nodes[-1].redis_url)
    gone = obituary.hosts_are_gone(wait=HOSTS_END_WITHIN)
    if not gone:
        _kill(_children())
        gone = obituary.hosts_are_gone(wait=KILLED_WITHIN)
    if gone:
        print(f"worker ended with {code}: released {obituary.publish(cause='worker died')}", flush=True)  # noqa: T201


def _kill(pids: list[int]) -> None:
    """They are our children, so their numbers cannot have been given to anybody else."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class _Forwarder:
    """Hands signals on to the worker: those that come before it is there, as soon as it is."""

    def __init__(self) -> None:
        self._worker: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        for number in FORWARDED:
            signal.signal(number, self._hear)

    def hand_on_to(self, worker: "subprocess.Popen[bytes]") -> None:
        self._worker = worker
        for number in self._early:
            os.kill(worker.pid, number)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self._worker is None:
            self._early.append(number)
        elif self._worker.returncode is None:  # not `poll`, which could collect it before `_wait` does
            os.kill(self._worker.pid, number)


def _children() -> list[int]:
    """What the worker left behind comes to us (Linux); elsewhere hosts have to end by themselves."""
    pid = os.getpid()
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:  # noqa: PTH123 - pathlib is not worth its memory here
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _preparation() -> Callable[[], None] | None:
    """For the child: be told to stop when we are killed."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)  # before the fork: after it only the bare system call may run
    return lambda: library.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] != ["--"] or not arguments[1:]:
        print("usage: python -m sessions_app.worker.parent -- COMMAND ...", file=sys.stderr)  # noqa: T201
        return 2
    return run(arguments[1:])


if __name__ == "__main__":
    sys.exit(main())

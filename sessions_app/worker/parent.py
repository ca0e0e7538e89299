"""A small process above a sessions worker. When the worker dies, it says so at once, so nobody waits for the lease.

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
from collections.abc import Callable
from types import FrameType

NODES_FD = "SESSION_NODES_FD"
"""Names the pipe on which the worker tells the life file of each node that it becomes, a line each."""

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
HOSTS_END_WITHIN = 2.0  # they notice the end of their worker by themselves, and let sends finish
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)


def run(command: list[str]) -> int:
    """Run the worker until it ends, then put its affairs in order; the exit code to end with."""
    told, telling = os.pipe()
    os.set_blocking(told, False)
    _adopt_orphans()
    worker = subprocess.Popen(  # noqa: S603 - the command line is ours
        command, pass_fds=[telling], env={**os.environ, NODES_FD: str(telling)}, preexec_fn=_preparation()
    )
    os.close(telling)
    _forward_to(worker)
    code = worker.wait()
    if files := _read_all(told).split("\n")[:-1]:
        _report(files, code)
    return code if code >= 0 else 128 - code


def _report(files: list[str], code: int) -> None:
    """A worker that stopped in order has released its lease; then this finds nothing to do."""
    files = [path for path in files if os.path.exists(path)]  # noqa: PTH110
    if not files:
        return
    from sessions_app.cluster.obituary import Obituary

    obituary = Obituary(files)
    gone = obituary.hosts_are_gone(wait=HOSTS_END_WITHIN)
    if not gone:
        _kill(_children())
        gone = obituary.hosts_are_gone(wait=HOSTS_END_WITHIN)
    if gone:
        print(f"worker ended with {code}: released {obituary.publish(cause='worker died')}", flush=True)  # noqa: T201


def _kill(pids: list[int]) -> None:
    """They are our children, so their numbers cannot have been given to anybody else."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _forward_to(worker: "subprocess.Popen[bytes]") -> None:
    def forward(number: int, frame: FrameType | None) -> None:
        if worker.poll() is None:
            worker.send_signal(number)

    for number in FORWARDED:
        signal.signal(number, forward)


def _read_all(fd: int) -> str:
    data = b""
    with contextlib.suppress(BlockingIOError):
        while part := os.read(fd, 4096):
            data += part
    return data.decode(errors="replace")


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

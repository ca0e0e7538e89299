"""Child processes that end with us, and how to end one."""

import ctypes
import signal
import subprocess
import sys
from typing import Any

PR_SET_PDEATHSIG = 1


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


# Loaded before any fork: between fork and exec only the bare system call may run.
_LIBC = _libc()


def die_with_parent() -> None:
    """For `preexec_fn`: the kernel sends SIGTERM when the thread that started us ends, however it ends (Linux)."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def stop_child(child: subprocess.Popen[Any], grace: float = 10) -> None:
    """Ask a child to end, insist after `grace` seconds, and collect it."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(grace)
        except subprocess.TimeoutExpired:
            child.kill()
    child.wait()

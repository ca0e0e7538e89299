"""Celery tasks say in their log lines which task they are and which request asked for them."""

from contextlib import AbstractContextManager
from typing import Any

from celery import signals

from . import log_levels
from .logs import about, request_id

HEADER = "wa_request_id"

_open: dict[str, AbstractContextManager[None]] = {}


def install() -> None:
    """Outside of workers only `before_task_publish` is ever sent."""
    signals.before_task_publish.connect(_send, weak=False)
    signals.task_prerun.connect(_begin, weak=False)
    signals.task_postrun.connect(_end, weak=False)
    for started in (signals.worker_init, signals.worker_process_init, signals.beat_init):
        started.connect(log_levels.watch, weak=False)


def _send(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None and request_id.get() != "-":
        headers[HEADER] = request_id.get()


def _begin(task_id: str = "", task: Any = None, kwargs: dict[str, Any] | None = None, **_: Any) -> None:
    asked_by = getattr(getattr(task, "request", None), HEADER, None) or "-"
    session = (kwargs or {}).get("session_id") or ""
    _open[task_id] = about(task_id=task_id, request_id=asked_by, session_id=session)
    _open[task_id].__enter__()


def _end(task_id: str = "", **_: Any) -> None:
    """Same thread as `_begin`: Celery runs a task in one."""
    if context := _open.pop(task_id, None):
        context.__exit__(None, None, None)

"""Times Celery's tasks, in the worker that runs them."""

import time
from typing import Any

from celery import signals

from whatsapp_api.core.metrics import TASK_SECONDS

_began: dict[str, float] = {}


def install() -> None:
    """Outside of workers these signals are never sent."""
    signals.task_prerun.connect(_begin, weak=False)
    signals.task_postrun.connect(_end, weak=False)


def _begin(task_id: str = "", **_: Any) -> None:
    _began[task_id] = time.perf_counter()


def _end(task_id: str = "", task: Any = None, state: str | None = None, **_: Any) -> None:
    began = _began.pop(task_id, None)
    if began is not None:
        outcome = (state or "unknown").lower()
        TASK_SECONDS.labels(getattr(task, "name", "unknown"), outcome).observe(time.perf_counter() - began)

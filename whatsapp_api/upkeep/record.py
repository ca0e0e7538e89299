"""Notes the runs of the jobs, in the process of Celery that runs them. What goes wrong here never disturbs a job."""

import logging
from typing import Any

from celery import signals
from django.db import DatabaseError
from django.utils import timezone

from .jobs import BY_TASK
from .models import JobRun

logger = logging.getLogger(__name__)


def install() -> None:
    """Celery sends its signals in workers only."""
    signals.task_prerun.connect(_begins, weak=False)
    signals.task_postrun.connect(_ended, weak=False)


def _begins(task: Any = None, **_: Any) -> None:
    if task.name in BY_TASK:
        _note(task.name, started_at=timezone.now(), seconds=None, removed=None, error="")


def _ended(task: Any = None, state: str | None = None, retval: Any = None, **_: Any) -> None:
    if task.name not in BY_TASK:
        return
    run = JobRun.objects.filter(pk=task.name).first()
    seconds = (timezone.now() - run.started_at).total_seconds() if run else 0.0
    if state == "SUCCESS":
        _note(task.name, seconds=seconds, removed=retval if isinstance(retval, int) else None)
    else:
        _note(task.name, seconds=seconds, error=f"{type(retval).__name__}: {retval}"[:300])


def _note(task: str, **fields: Any) -> None:
    try:
        if not JobRun.objects.filter(pk=task).update(**fields) and "started_at" in fields:
            JobRun.objects.create(task=task, **fields)
    except DatabaseError as error:
        logger.warning("The run of %s was not noted: %s", task, type(error).__name__)

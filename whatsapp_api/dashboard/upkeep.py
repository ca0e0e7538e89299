"""Pages of administrators: the jobs of retention and clean-up, and the last errors."""

import functools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import redis
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods
from kombu.exceptions import OperationalError

from whatsapp_api.accounts.audit.draft import audit_change
from whatsapp_api.core.recent_errors import errors_clear, errors_recent
from whatsapp_api.upkeep.jobs import BY_TASK, JOBS, Job
from whatsapp_api.upkeep.models import JobRun

View = Callable[..., HttpResponse]
LOST_AFTER = timedelta(hours=1)
"""A run that has not ended after so long has lost its worker."""


def administrators(view: View) -> View:
    """They concern the whole installation: 403 for everybody else."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if not getattr(request.user, "is_superuser", False):
            raise PermissionDenied
        return view(request, *arguments, **named)

    return guarded


@administrators
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """What each job keeps, when it ran, what it removed, when it runs next."""
    runs = {run.task: run for run in JobRun.objects.all()}
    return _page(request, "Clean-up", "dashboard/upkeep.html", jobs=[_shown(job, runs.get(job.task)) for job in JOBS])


@administrators
@require_http_methods(["GET", "POST"])
def job(request: HttpRequest, task: str) -> HttpResponse:
    """A dry run: how much the job would remove now. A POST runs it."""
    found = BY_TASK.get(task)
    if found is None:
        raise Http404
    if request.method == "POST":
        _start(request, found)
        return HttpResponseRedirect(reverse("admin:upkeep"))
    due = found.due()
    return _page(request, found.title, "dashboard/upkeep_dry.html", job=found, due=due, total=sum(due.values()))


def _start(request: HttpRequest, found: Job) -> None:
    try:
        found.start()
    except OperationalError:
        messages.error(request, "It was not started: Redis does not answer. Beat starts it later by itself.")
        return
    audit_change({}, {"job": found.task})
    messages.success(request, f"Started: {found.title}. Its result is shown here in a moment.")


@administrators
@require_http_methods(["GET", "POST"])
def errors(request: HttpRequest) -> HttpResponse:
    """The last errors of all processes; a POST forgets them."""
    try:
        if request.method == "POST":
            errors_clear()
            return HttpResponseRedirect(reverse("admin:errors"))
        lines = [_line(line) for line in errors_recent()]
    except redis.RedisError:
        return _page(request, "Last errors", "dashboard/errors.html", away=True)
    wanted = request.GET.get("process", "")
    processes = sorted({line["process"] for line in lines})
    shown = [line for line in lines if wanted in {"", line["process"]}]
    return _page(request, "Last errors", "dashboard/errors.html", lines=shown, processes=processes, wanted=wanted)


def _line(line: dict[str, Any]) -> dict[str, Any]:
    known = ("request_id", "task_id", "session_id", "user")
    about = [(name.removesuffix("_id"), line[name]) for name in known if line.get(name)]
    return {**line, "at": datetime.fromisoformat(line["time"]), "about": about}


def _shown(job: Job, run: JobRun | None) -> dict[str, Any]:
    now = timezone.now()
    next_at = max(now, run.started_at + job.every) if run and job.every else None
    return {"job": job, "keeps": job.keeps(), "run": run, "state": _state(run, now), "next_at": next_at}


def _state(run: JobRun | None, now: datetime) -> dict[str, str]:
    """A badge: its word and its tone."""
    if run is None:
        return {"text": "Not yet run", "tone": "neutral"}
    if run.error:
        return {"text": "Failed", "tone": "danger"}
    if run.seconds is None:
        lost = now - run.started_at > LOST_AFTER
        return {"text": "Did not end", "tone": "danger"} if lost else {"text": "Running", "tone": "info"}
    return {"text": "Done", "tone": "success"}


def _page(request: HttpRequest, title: str, template: str, **context: Any) -> HttpResponse:
    chrome = admin.site.each_context(request) | {"title": title}
    answer = TemplateResponse(request, template, chrome | context)
    answer["Cache-Control"] = "no-store"
    return answer

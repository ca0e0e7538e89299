"""Retention and clean-up on one page, the last errors on another; both are the administrators'."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery import signals
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sessions_app.sandbox.client import wait_until
from whatsapp_api.accounts.audit.models import AuditEntry
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.celery import app
from whatsapp_api.core import redis as core_redis
from whatsapp_api.core.recent_errors import KEPT, KEY, errors_keep, errors_recent
from whatsapp_api.events.models import Event, EventType
from whatsapp_api.events.publish import publish
from whatsapp_api.upkeep.jobs import BY_TASK, JOBS
from whatsapp_api.upkeep.models import JobRun

PAGE = "admin:upkeep"


def dry(task: str) -> str:
    return reverse("admin:upkeep-job", args=(task,))


@pytest.fixture
def old_event(workspace: Workspace) -> Event:
    publish(EventType.SESSION_STATUS, workspace_id=workspace.pk, session_id=None, payload={})
    Event.objects.update(created_at=timezone.now() - timedelta(days=settings.EVENTS_KEEP_DAYS + 1))
    return Event.objects.get()


@pytest.fixture
def no_errors() -> Iterator[None]:
    # Errors are written in order by a thread of the root logger's handler: after this one comes none of another test.
    logging.getLogger("tests.upkeep").error("the last one")
    wait_until(lambda: [line for line in errors_recent() if line["message"] == "the last one"], what="it is in Redis")
    core_redis.client().delete(KEY)
    yield
    core_redis.client().delete(KEY)


@pytest.mark.parametrize("address", [reverse(PAGE), reverse("admin:errors"), dry("events.prune")])
def test_they_are_for_administrators(alice: Client, client: Client, address: str) -> None:
    assert alice.get(address).status_code == 403
    assert alice.post(address).status_code in {403, 405}
    assert client.get(address).status_code == 302
    assert "Clean-up" not in alice.get(reverse("admin:index")).content.decode()


def test_every_job_says_what_it_keeps_and_that_it_has_not_run(root: Client) -> None:
    html = root.get(reverse(PAGE)).content.decode()
    for job in JOBS:
        assert f'data-testid="job-{job.task}"' in html
        assert job.every, f"beat does not start {job.task}"
    assert html.count("Not yet run") == len(JOBS)
    assert "Kept: 30 days" in html


@pytest.mark.parametrize("task", list(BY_TASK))
def test_a_dry_run_of_each_counts_and_removes_nothing(root: Client, old_event: Event, task: str) -> None:
    html = root.get(dry(task)).content.decode()
    if task == "events.prune":
        assert "Remove 1 now" in html
    else:
        assert "Nothing is due" in html or "sessions to" in html
    assert Event.objects.filter(pk=old_event.pk).exists()


def test_there_is_no_page_for_other_tasks(root: Client) -> None:
    assert root.get(dry("webhooks.ping")).status_code == 404
    assert root.post(dry("webhooks.ping")).status_code == 404


def test_a_run_is_noted_with_its_result(root: Client, old_event: Event) -> None:
    task = app.tasks["events.prune"]
    signals.task_prerun.send(sender=task, task=task)
    assert "Running" in root.get(reverse(PAGE)).content.decode()
    signals.task_postrun.send(sender=task, task=task, state="SUCCESS", retval=task())
    run = JobRun.objects.get(pk="events.prune")
    assert run.removed == 1
    assert run.seconds is not None
    assert not Event.objects.exists()
    assert "Done" in root.get(reverse(PAGE)).content.decode()


def test_a_run_that_failed_or_was_lost_says_so(root: Client) -> None:
    task = app.tasks["media.clean"]
    signals.task_prerun.send(sender=task, task=task)
    signals.task_postrun.send(sender=task, task=task, state="FAILURE", retval=OSError("disk full"))
    JobRun.objects.create(task="audit.prune", started_at=timezone.now() - timedelta(hours=2))
    html = root.get(reverse(PAGE)).content.decode()
    assert "OSError: disk full" in html
    assert "Did not end" in html


def test_an_administrator_starts_a_job_and_that_is_audited(root: Client) -> None:
    answer = root.post(dry("events.prune"), follow=True)
    assert "Started: Event log" in answer.content.decode()
    assert AuditEntry.objects.filter(action__contains="upkeep-job").get().after == {"job": "events.prune"}


def test_without_errors_the_page_says_so(root: Client, no_errors: None) -> None:
    assert 'data-testid="errors-none"' in root.get(reverse("admin:errors")).content.decode()


def test_an_error_appears_scrubbed_and_escaped(root: Client, no_errors: None) -> None:
    try:
        raise ValueError("<script>")
    except ValueError:
        logging.getLogger("tests.upkeep").exception("It broke, Authorization: Bearer abc.def.ghi")
    wait_until(lambda: bool(errors_recent()), what="the line is in Redis")
    html = root.get(reverse("admin:errors")).content.decode()
    assert "It broke" in html
    assert "abc.def" not in html
    assert "ValueError: &lt;script&gt;" in html
    line = errors_recent()[0]
    assert "It broke" not in root.get(reverse("admin:errors"), {"process": "beat"}).content.decode()
    assert line["process"] in html
    root.post(reverse("admin:errors"))
    assert errors_recent() == []


def test_only_the_newest_errors_are_kept(no_errors: None) -> None:
    errors_keep([json.dumps({"message": str(number)}) for number in range(KEPT + 50)])
    assert len(errors_recent()) == KEPT
    assert errors_recent()[0]["message"] == str(KEPT + 49)

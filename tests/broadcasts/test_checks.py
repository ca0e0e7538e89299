"""Looking at a large audience before the launch: a job with progress, and the same answer as for a small one."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from messaging.audience.models import Addressee, ListMember, RecipientList, SuppressionSource
from messaging.audience.services import suppress
from messaging.broadcasts import check_job
from messaging.broadcasts.checking import Report, broadcast_check
from messaging.broadcasts.estimating import estimate
from messaging.broadcasts.models import Broadcast, BroadcastCheck, CheckState
from sessions_app.models import Session

People = Callable[..., list[Addressee]]
Draft = Callable[..., Broadcast]
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything counts as large."""
    monkeypatch.setattr(check_job, "SMALL", 2)


def done(broadcast: Broadcast) -> Report:
    row, report = check_job.check_ask(broadcast)
    assert row.state == CheckState.DONE and report is not None
    return report


def test_a_job_finds_what_a_small_check_finds(people: People, draft: Draft, large: None) -> None:
    rows = people(6)
    Addressee.objects.filter(pk=rows[1].pk).update(attributes={})
    broadcast = draft()
    suppress(broadcast.workspace_id, rows[2].jid, source=SuppressionSource.MANUAL)
    row, report = check_job.check_ask(broadcast)
    assert row.state == CheckState.RUNNING and report is None and not check_job.is_alive(row)
    check_job.check_run(broadcast.pk)
    found = done(broadcast)
    assert found == broadcast_check(broadcast)
    assert (found.recipients, found.suppressed, found.incomplete, found.first_contacts) == (6, 1, 1, 5)
    assert BroadcastCheck.objects.get().total == 6


def test_a_changed_draft_is_looked_at_anew(people: People, draft: Draft, large: None) -> None:
    people(3)
    broadcast = draft()
    check_job.check_ask(broadcast)
    check_job.check_run(broadcast.pk)
    assert done(broadcast).ok
    Broadcast.objects.update(variants=[])
    broadcast.refresh_from_db()
    assert check_job.check_ask(broadcast)[1] is None
    check_job.check_run(broadcast.pk)
    assert not done(broadcast).ok
    assert check_job.check_ask(broadcast, anew=True)[1] is None


def test_a_worker_whose_draft_changes_stores_nothing(
    people: People, draft: Draft, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(3)
    broadcast = draft()
    check_job.check_ask(broadcast)

    def changed_meanwhile(row: Broadcast, progress: Any) -> Any:
        Broadcast.objects.update(variants=[])
        check_job.check_ask(Broadcast.objects.get())
        return broadcast_check(row, progress)

    monkeypatch.setattr(check_job, "broadcast_check", changed_meanwhile)
    check_job.check_run(broadcast.pk)
    assert BroadcastCheck.objects.get().state == CheckState.RUNNING


def test_who_is_on_two_lists_is_a_duplicate(people: People, draft: Draft) -> None:
    rows = people(3)
    lists = [RecipientList.objects.create(workspace=rows[0].workspace, name=name) for name in "ab"]
    for each, members in zip(lists, (rows, rows[1:]), strict=True):
        ListMember.objects.bulk_create(ListMember(list=each, addressee=row) for row in members)
    report = broadcast_check(draft(audience={"lists": [str(each.pk) for each in lists]}))
    assert (report.recipients, report.duplicates) == (3, 2)


@pytest.mark.parametrize(
    ("pace", "hours", "recipients", "strangers", "hours_taken"),
    [
        ({"per_minute": 10}, {}, 1200, 0, 1),
        ({"per_minute": 10, "per_day": 600}, {}, 2400, 0, 25),
        ({"per_minute": 10}, {"opens": "09:00", "closes": "10:00"}, 2400, 0, 25),
        ({"per_minute": 10, "first_contacts_per_day": 50}, {}, 1200, 200, 24 + 100 / 1200),
        ({"per_minute": 10}, {"opens": "00:00", "closes": "00:00", "weekdays": [2]}, 1200, 0, 25),
    ],
)
def test_an_estimate_follows_pace_and_hours(
    sessions: list[Session],
    draft: Draft,
    pace: dict[str, Any],
    hours: dict[str, Any],
    recipients: int,
    strangers: int,
    hours_taken: float,
) -> None:
    seconds = estimate(draft(pace=pace, hours=hours), sessions, recipients, strangers, MONDAY)
    assert seconds == pytest.approx(hours_taken * 3600, rel=0.001)


def test_what_never_ends_says_so(sessions: list[Session], draft: Draft) -> None:
    assert estimate(draft(pace={"per_day": 1}), sessions, 10**6, 0, timezone.now()) is None

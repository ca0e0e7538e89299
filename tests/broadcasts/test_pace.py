"""The pace is kept, by simulated clocks: caps, gaps, warm-up, first contacts, batches, hours."""

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from messaging.audience.models import Addressee
from messaging.broadcasts import services
from messaging.broadcasts.engine import due, expanding, feeding
from messaging.broadcasts.hours import allowed_from, zone_of
from messaging.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastState, Pacer
from messaging.broadcasts.recurrence import BadRule, next_time, rule_check
from messaging.models import Chat, Message
from sessions_app.models import Session

MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture
def simulated(sessions, sender, draft):
    """Run one session from `start` in steps; the moments at which messages left."""

    def simulated(*, seconds: int, step: float = 1.0, start: datetime | None = None, **fields) -> list[datetime]:
        session = sessions[0]
        broadcast = services.broadcast_launch(draft(session_ids=[str(session.pk)], **fields))
        now = start or timezone.now()
        Broadcast.objects.filter(pk=broadcast.pk).update(started_at=now)
        broadcast.refresh_from_db()
        while expanding.expand(broadcast):
            pass
        BroadcastRecipient.objects.update(due_at=now)
        moments: list[datetime] = []
        ends = now + timedelta(seconds=seconds)
        while now < ends:
            feeding.feed(broadcast, session, now)
            moments += [now] * sender.drain()
            now += timedelta(seconds=step)
        return moments

    return simulated


def most_within(moments: list[datetime], span: timedelta) -> int:
    """The busiest window of this length."""
    return max((sum(start <= each < start + span for each in moments) for start in moments), default=0)


def test_the_cap_of_a_minute_holds_in_every_minute_and_gaps_vary(people, simulated) -> None:
    people(60)
    moments = simulated(seconds=240, pace={"per_minute": 10, "jitter": 0.8})
    assert most_within(moments, timedelta(minutes=1)) <= 10
    gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(moments)]
    assert min(gaps) >= 6
    assert max(gaps) <= 6 * 1.8 + 1
    assert len({round(gap) for gap in gaps}) >= 3
    assert 20 <= len(moments) <= 40


def test_a_fast_pace_is_reached_in_spite_of_the_ticks(people, simulated) -> None:
    people(150)
    moments = simulated(seconds=30, pace={"per_minute": 240})
    assert 100 <= len(moments) <= 120
    assert max(Counter(moments).values()) <= 4


def test_hours_and_days_are_capped_over_all_broadcasts(sessions, sender, people, simulated) -> None:
    people(30)
    start = timezone.now()
    first = simulated(seconds=60, step=10, start=start, pace={"per_hour": 8, "per_day": 12})
    assert len(first) == 8
    later = simulated(
        seconds=2 * 3600, step=300, start=start + timedelta(minutes=30), pace={"per_hour": 8, "per_day": 12}
    )
    assert len(first) + len(later) == 12
    assert most_within(first + later, timedelta(hours=1)) <= 8


def test_batches_rest(people, simulated) -> None:
    people(12)
    moments = simulated(seconds=130, step=5, pace={"batch_size": 4, "batch_pause": 60})
    by_time = sorted(Counter(moments).items())
    assert [count for _, count in by_time] == [4, 4, 4]
    assert by_time[1][0] - by_time[0][0] >= timedelta(seconds=60)


def test_young_accounts_warm_up(sessions, people, simulated) -> None:
    people(100)
    Session.objects.update(paired_at=timezone.now() - timedelta(days=2, hours=1))
    sessions[0].refresh_from_db()
    assert len(simulated(seconds=10, pace={"warm_up_start": 8, "warm_up_growth": 2.0, "per_day": 50})) == 32


def test_first_contacts_are_capped_and_hold_up_nobody_else(sessions, people, simulated) -> None:
    rows = people(20)
    for row in rows[10:]:
        Chat.objects.create(session=sessions[0], jid=row.jid, kind="person", last_at=timezone.now())
    moments = simulated(seconds=10, pace={"first_contacts_per_day": 3})
    assert len(moments) == 13
    assert BroadcastRecipient.objects.filter(state="pending", first_contact=True).count() == 7


def test_quiet_hours_are_by_the_recipients_clock(workspace, people, simulated) -> None:
    people(1, jid="34611000001@s.whatsapp.net", time_zone="Europe/Madrid")
    people(1, jid="819011000001@s.whatsapp.net", time_zone="Asia/Tokyo")
    hours = {"opens": "09:00", "closes": "20:00", "zone": "recipient"}
    start = datetime(2027, 3, 1, 3, tzinfo=UTC)  # Madrid 04:00, Tokyo 12:00
    moments = simulated(seconds=12 * 3600, step=900, start=start, hours=hours)
    assert moments == [start, start + timedelta(hours=5)]
    assert Message.objects.order_by("timestamp").first().chat.startswith("81")


@pytest.mark.parametrize(
    ("hours", "now", "then"),
    [
        ({}, (2027, 3, 1, 3, 0), (2027, 3, 1, 3, 0)),
        ({"opens": "09:00", "closes": "20:00"}, (2027, 3, 1, 10, 0), (2027, 3, 1, 10, 0)),
        ({"opens": "09:00", "closes": "20:00"}, (2027, 3, 1, 20, 0), (2027, 3, 2, 9, 0)),
        ({"opens": "22:00", "closes": "02:00"}, (2027, 3, 1, 1, 0), (2027, 3, 1, 1, 0)),
        ({"opens": "22:00", "closes": "02:00"}, (2027, 3, 1, 2, 0), (2027, 3, 1, 22, 0)),
        ({"weekdays": [6]}, (2027, 3, 1, 10, 0), (2027, 3, 6, 0, 0)),
        ({"opens": "09:00", "closes": "10:00", "weekdays": [1]}, (2027, 3, 1, 10, 0), (2027, 3, 8, 9, 0)),
        ({"opens": "02:30", "closes": "04:00"}, (2027, 3, 28, 1, 0), (2027, 3, 28, 3, 30)),  # the clock skips it
    ],
)
def test_hours(hours, now, then) -> None:
    moment = allowed_from(hours, "Europe/Madrid", datetime(*now).replace(tzinfo=MADRID).astimezone(UTC))
    assert moment.astimezone(MADRID).replace(tzinfo=None) == datetime(*then)


def test_the_zone_of_a_number() -> None:
    assert zone_of("819012345678@s.whatsapp.net", "", "UTC") == "Asia/Tokyo"
    assert zone_of("819012345678@s.whatsapp.net", "Europe/Rome", "UTC") == "Europe/Rome"
    assert zone_of("1203@g.us", "", "Europe/Madrid") == "Europe/Madrid"
    assert zone_of("1234567@lid", "", "UTC") == "UTC"


def test_a_planned_time_counts_by_each_clock(draft, people, sessions) -> None:
    people(1, jid="819011000001@s.whatsapp.net")
    people(1, jid="34611000001@s.whatsapp.net", time_zone="Europe/Madrid")
    at = datetime(2027, 3, 1, 9, tzinfo=MADRID)
    broadcast = draft(
        scheduled_at=at, time_zone="Europe/Madrid", options={"local_time": True}, state=BroadcastState.RUNNING
    )
    expanding.expand(broadcast)
    dues = {row.jid[:2]: row.due_at for row in BroadcastRecipient.objects.all()}
    assert dues == {"34": at, "81": datetime(2027, 3, 1, 0, tzinfo=UTC)}


def test_what_is_due_begins_once_and_what_is_late_does_not(draft) -> None:
    now = timezone.now()
    on_time = draft(state=BroadcastState.SCHEDULED, scheduled_at=now - timedelta(seconds=5))
    later = draft(state=BroadcastState.SCHEDULED, scheduled_at=now + timedelta(hours=1))
    late = draft(state=BroadcastState.SCHEDULED, scheduled_at=now - timedelta(hours=3), options={"late_minutes": 60})
    assert due.due_begin(now) == 1
    assert due.due_begin(now) == 0
    for row in (on_time, later, late):
        row.refresh_from_db()
    assert [row.state for row in (on_time, later, late)] == ["running", "scheduled", "failed"]
    assert late.reason == "too_late"


def test_a_recurring_one_makes_one_for_each_time_and_catches_up_once(draft) -> None:
    first = datetime(2027, 3, 22, 9, tzinfo=MADRID)  # a Monday; summer time begins on the 28th
    series = draft(
        state=BroadcastState.SCHEDULED, scheduled_at=first, time_zone="Europe/Madrid", recurrence="FREQ=WEEKLY;BYDAY=MO"
    )
    assert due.due_begin(first) == 1
    assert due.due_begin(first) == 0
    series.refresh_from_db()
    assert series.scheduled_at == datetime(2027, 3, 29, 9, tzinfo=MADRID)
    assert due.due_begin(first + timedelta(days=30)) == 1  # four Mondays later
    made = Broadcast.objects.filter(series_id=series.pk)
    assert set(made.values_list("state", flat=True)) == {"running"}
    assert made.count() == 2


@pytest.mark.parametrize(
    "rule", ["", "FREQ=SECONDLY", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=1,2", "x", "FREQ=DAILY;UNTIL=2027"]
)
def test_rules_that_fire_too_often_are_refused(rule) -> None:
    with pytest.raises(BadRule):
        rule_check(rule)


def test_a_rule_that_never_comes_true_ends_the_search() -> None:
    moment = datetime(2027, 1, 1, tzinfo=UTC)
    assert next_time("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", moment, "UTC", moment) is None


def test_the_end_of_its_time_skips_the_rest(sessions, sender, people, draft) -> None:
    from messaging.broadcasts.engine.tick import tick

    people(5)
    broadcast = services.broadcast_launch(draft(pace={"per_minute": 1}, session_ids=[str(sessions[0].pk)]))
    tick(0)
    sender.drain()
    Broadcast.objects.update(ends_at=timezone.now())
    tick(0)
    broadcast.refresh_from_db()
    assert broadcast.state == "finished"
    assert Counter(BroadcastRecipient.objects.values_list("state", "reason")) == {
        ("sent", ""): 1,
        ("skipped", "too_late"): 4,
    }
    assert Pacer.objects.count() >= 1
    assert Addressee.objects.count() == 5

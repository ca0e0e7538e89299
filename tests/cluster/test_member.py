"""Members of a real cluster: threads, a database and Redis, with short leases."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.db import OperationalError, connection

from sessions_app.cluster import last_word, member
from sessions_app.cluster.last_word import LastWord
from sessions_app.cluster.lease import Witness
from sessions_app.cluster.member import Member, MemberSettings
from sessions_app.cluster.models import Node
from whatsapp_api.core.clock import steady

TTL = 7.0  # whoever is to survive it may be held up for more than half of that
LONG = 120.0  # of a lease whose end is not what a test waits for
Start = Callable[..., "Watched"]


class Watched:
    """A member and what it was told."""

    def __init__(self, name: str, settings: MemberSettings) -> None:
        self.fenced = threading.Event()
        self.fenced_at = 0.0
        self.deaths: list[str] = []
        self.until: list[float] = []
        self.member = Member(
            name, settings, on_fence=self._fence, on_beat=self.until.append, on_death=self.deaths.append
        )

    def _fence(self) -> None:
        self.fenced_at = time.monotonic()
        self.fenced.set()

    def lose(self, *witnesses: str) -> None:
        for witness in witnesses:
            error = OperationalError("away") if witness == "database" else redis.ConnectionError("away")
            getattr(self.member, f"_{witness}").beat = _raise(error)


def _raise(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def eventually(probe: Callable[[], Any], what: str, within: float = 60) -> None:
    deadline = time.monotonic() + within
    while not probe():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


@pytest.fixture
def start(transactional_db, tmp_path: Path) -> Iterator[Start]:
    redis.Redis.from_url(django_settings.REDIS_URL).delete("wa:nodes")
    started: list[Watched] = []

    def start(name: str, machine: str = "", ttl: float = TTL) -> Watched:
        settings = MemberSettings(
            ttl=ttl, redis_url=django_settings.REDIS_URL, life_folder=tmp_path / (machine or name)
        )
        started.append(Watched(name, settings))
        started[-1].member.join()
        return started[-1]

    yield start
    for watched in started:
        watched.member.leave()
    connection.close()


def names(watched: Watched) -> list[str]:
    return [peer.name for peer in watched.member.peers]


def test_members_know_each_other_and_hear_of_an_orderly_end(start):
    one, other = start("one", ttl=LONG), start("other", ttl=LONG)
    one.member.look()
    eventually(lambda: names(one) == names(other) == ["one", "other"], "they see each other")
    other.member.leave()
    one.member.look()
    eventually(lambda: names(one) == ["one"], "one is alone")
    assert not one.fenced.is_set()


def test_one_that_falls_silent_is_found_dead_after_its_lease(start):
    one, other = start("one"), start("other")
    eventually(lambda: "other" in names(one), "one sees the other")
    eventually(lambda: other.until, "its first beat")
    other.member.retire()
    eventually(lambda: one.deaths == ["other"], "the death is found")
    assert steady() >= max(other.until) + other.member.lease.margin, "not before a lease after its last beat"
    assert Node.objects.get(name="other").cause == "silent"


def test_one_whose_processes_are_gone_is_found_dead_at_once(start):
    one, other = start("one", "machine", LONG), start("other", "machine", LONG)
    one.member.look()
    eventually(lambda: "other" in names(one), "one sees the other")
    other.member.retire()
    other.member._life.drop()
    eventually(lambda: one.deaths == ["other"], "the death is found", LONG / 2)
    assert Node.objects.get(name="other").cause == "processes gone"  # and not its silence


def test_one_whose_parent_says_that_it_is_gone_is_released_at_once(start, monkeypatch):
    monkeypatch.setattr(last_word, "DEADLINE", 60)
    one, other = start("one", ttl=LONG), start("other", ttl=LONG)  # on different machines
    one.member.look()
    eventually(lambda: "other" in names(one), "one sees the other")
    other.member.retire()
    assert LastWord(django_settings.REDIS_URL).tell(["other"], wait=0.0) is False, "nobody listens yet"
    one.member.look("other")
    eventually(lambda: one.deaths == ["other"], "the death is found", LONG / 2)
    eventually(lambda: LastWord(django_settings.REDIS_URL).tell(["other"], wait=1.0), "Redis is told after the others")
    assert Node.objects.get(name="other").cause == "processes gone"


def beats() -> int:
    return Node.objects.get(name="one").beats


def test_what_a_parent_says_of_ourselves_is_not_believed(start):
    one = start("one", ttl=LONG)
    seen = {beats()}
    for _ in range(2):  # what follows the first of these beats is done when the second is noted
        one.member.look("one")
        eventually(lambda: beats() not in seen, "a beat")
        seen.add(beats())
    assert one.member.lease.valid
    assert one.deaths == []


@pytest.mark.parametrize("witness", ["database", "redis"])
def test_one_witness_may_be_away_for_long(start, witness):
    one, other = start("one"), start("other")
    other.lose(witness)
    lease = other.member.lease
    eventually(lambda: lease.left(Witness(witness)) < -lease.margin, "a lease since its last beat there")
    assert lease.valid
    assert not other.fenced.is_set()
    assert one.deaths == []


def test_without_both_it_stops_before_others_may_take_over(start, monkeypatch):
    one = start("one")
    monkeypatch.setattr(member, "MARGIN", 0.5)  # who has to notice may be held up as well
    other = start("other")
    eventually(lambda: "other" in names(one), "one sees the other")
    other.lose("database", "redis")
    eventually(lambda: one.deaths == ["other"], "the death is found")
    found = time.monotonic()
    assert steady() >= max(other.until) + other.member.lease.margin
    assert other.fenced.is_set()
    assert other.fenced_at < found - 0.1
    assert not one.fenced.is_set()


def test_one_that_was_called_dead_stops_at_its_next_beat(start):
    one = start("one", ttl=LONG)
    Node.objects.filter(name="one").update(buried_at="2026-01-01T00:00:00Z")
    one.member.look()
    eventually(one.fenced.is_set, "it stops", LONG / 2)


def test_each_beat_tells_until_when_things_may_run(start):
    one = start("one", ttl=LONG)
    eventually(lambda: one.member.look() or len(one.until) > 3, "some beats")
    assert one.until == sorted(one.until)

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

from sessions_app.cluster.member import Member, MemberSettings
from sessions_app.cluster.models import Node

TTL = 2.0
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


def eventually(probe: Callable[[], Any], what: str, within: float = 10) -> None:
    deadline = time.monotonic() + within
    while not probe():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


@pytest.fixture
def start(transactional_db, tmp_path: Path) -> Iterator[Start]:
    redis.Redis.from_url(django_settings.REDIS_URL).delete("wa:nodes")
    started: list[Watched] = []

    def start(name: str, machine: str = "") -> Watched:
        settings = MemberSettings(
            ttl=TTL, redis_url=django_settings.REDIS_URL, life_folder=tmp_path / (machine or name)
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
    one, other = start("one"), start("other")
    eventually(lambda: names(one) == names(other) == ["one", "other"], "they see each other")
    other.member.leave()
    one.member.look()
    eventually(lambda: names(one) == ["one"], "one is alone")
    assert not one.fenced.is_set()


def test_one_that_falls_silent_is_found_dead_after_its_lease(start):
    one, other = start("one"), start("other")
    eventually(lambda: "other" in names(one), "one sees the other")
    began = time.monotonic()
    other.member.retire()
    eventually(lambda: one.deaths == ["other"], "the death is found")
    assert TTL - 0.6 < time.monotonic() - began < TTL + 5
    assert Node.objects.get(name="other").cause == "silent"


def test_one_whose_processes_are_gone_is_found_dead_at_once(start):
    one, other = start("one", "machine"), start("other", "machine")
    eventually(lambda: "other" in names(one), "one sees the other")
    other.member.retire()
    began = time.monotonic()
    other.member._life.drop()
    eventually(lambda: one.deaths == ["other"], "the death is found")
    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize("witness", ["database", "redis"])
def test_one_witness_may_be_away_for_long(start, witness):
    one, other = start("one"), start("other")
    other.lose(witness)
    time.sleep(TTL * 1.1)
    assert other.member.lease.valid
    assert not other.fenced.is_set()
    assert one.deaths == []


def test_without_both_it_stops_before_others_may_take_over(start):
    one, other = start("one"), start("other")
    eventually(lambda: "other" in names(one), "one sees the other")
    other.lose("database", "redis")
    eventually(lambda: one.deaths == ["other"], "the death is found")
    found = time.monotonic()
    assert other.fenced.is_set()
    assert other.fenced_at < found - 0.1
    assert not one.fenced.is_set()


def test_one_that_was_called_dead_stops_at_its_next_beat(start):
    one = start("one")
    Node.objects.filter(name="one").update(buried_at="2026-01-01T00:00:00Z")
    eventually(one.fenced.is_set, "it stops")


def test_each_beat_tells_until_when_things_may_run(start):
    one = start("one")
    eventually(lambda: len(one.until) > 3, "some beats")
    assert one.until == sorted(one.until)

"""Hints and calls between web and owner, also when Redis is away."""

import threading
import time
import uuid
from typing import Any

import msgpack
import pytest
from django.db import connection

from sessions_app import commands, quick_redis
from sessions_app.cluster.streams import STREAM_LENGTH, WAKE_STREAM
from sessions_app.engine.errors import NotConnected, OutcomeUnknown
from sessions_app.models import Session
from sessions_app.worker.live import Registry
from sessions_app.worker.reader import CommandReader
from tests import factories
from tests.worker.conftest import eventually


class Heard:
    def __init__(self):
        self.wakes, self.sends, self.gaps, self.changes = [], [], 0, 0

    def gap(self):
        self.gaps += 1

    def cluster(self, gone):
        self.changes += 1


@pytest.fixture
def heard(workspace):
    heard = Heard()
    reader = CommandReader(
        node="me",
        registry=Registry(),
        on_wake=heard.wakes.append,
        on_sends=heard.sends.append,
        on_gap=heard.gap,
        on_cluster=heard.cluster,
    )
    reader.start()
    assert reader.ready.wait(30)
    yield heard
    reader.stop()


@pytest.fixture
def no_redis(settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nothing.sock?db=0"
    quick_redis.client.cache_clear()
    commands._quiet_until = 0.0
    yield
    quick_redis.client.cache_clear()
    commands._quiet_until = 0.0


def test_a_wake_tells_about_the_session_and_its_messages(heard):
    session_id = uuid.uuid4()
    commands.wake(session_id)
    eventually(lambda: set(heard.wakes) == set(heard.sends) == {session_id}, "the hint")


def test_a_hint_about_messages_does_not_look_at_the_session(heard):
    session_id = uuid.uuid4()
    commands.wake_sends(session_id)
    eventually(lambda: set(heard.sends) == {session_id}, "the hint")
    assert heard.wakes == []


def test_all_workers_hear_when_one_comes_or_goes(heard):
    commands.wake_cluster()
    eventually(lambda: heard.changes, "the hint")
    assert (heard.wakes, heard.sends) == ([], [])


def test_hints_of_before_the_start_are_left_out(workspace):
    commands.wake(uuid.uuid4())
    heard = Heard()
    reader = CommandReader(
        node="me",
        registry=Registry(),
        on_wake=heard.wakes.append,
        on_sends=heard.sends.append,
        on_gap=heard.gap,
        on_cluster=heard.cluster,
    )
    reader.start()
    assert reader.ready.wait(30)
    session_id = uuid.uuid4()
    commands.wake(session_id)
    eventually(lambda: heard.wakes, "a hint")
    reader.stop()
    assert set(heard.wakes) == {session_id}
    assert heard.gaps


def test_a_malformed_entry_stops_nothing(heard):
    entries: list[Any] = [{"nonsense": "1"}, {"session": "no uuid"}, {"call": b"\xff\xff"}]
    for entry in entries:
        quick_redis.client().xadd(WAKE_STREAM, entry)
    session_id = uuid.uuid4()
    commands.wake(session_id)
    eventually(lambda: set(heard.wakes) == {session_id}, "the hint after them")


def test_hints_are_heard_again_after_redis_came_back_empty(heard):
    commands.wake(uuid.uuid4())
    eventually(lambda: heard.wakes, "a hint")
    last = time.time_ns() // 1_000_000
    quick_redis.client().flushdb()
    # Entries are numbered by the millisecond: a restart of the server takes longer than that.
    eventually(lambda: time.time_ns() // 1_000_000 > last, "the next millisecond")
    session_id = uuid.uuid4()
    commands.wake(session_id)
    eventually(lambda: heard.wakes[-1] == session_id, "a hint after the loss")


def test_streams_stay_short(heard):
    for _ in range(200):
        commands.wake(uuid.uuid4())
    assert quick_redis.client().ttl(WAKE_STREAM) > 0
    assert quick_redis.client().xlen(WAKE_STREAM) <= STREAM_LENGTH + 200


def test_a_call_to_a_session_that_nobody_carries_is_refused_at_once(workspace):
    began = time.monotonic()
    with pytest.raises(NotConnected):
        commands.call(factories.session(workspace).pk, "echo", {}, timeout=30)
    assert time.monotonic() - began < 15


def test_a_call_to_a_worker_that_is_gone_ends_with_its_deadline(workspace):
    session = factories.session(workspace, owner="gone")
    with pytest.raises(TimeoutError):
        commands.call(session.pk, "echo", {}, timeout=0.3)


def test_a_call_does_not_wait_for_an_owner_that_is_no_more(workspace):
    session = factories.session(workspace, owner="gone")

    def take() -> None:
        eventually(lambda: quick_redis.client().exists(commands.node_stream("gone")), "the call")
        Session.objects.update(owner="new")
        connection.close()

    taking = threading.Thread(target=take)
    taking.start()
    began = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        commands.call(session.pk, "echo", {}, timeout=120)
    assert time.monotonic() - began < 60
    taking.join()


def test_a_call_past_its_deadline_is_dropped_by_the_owner(heard, workspace):
    session = factories.session(workspace, owner="me")
    quick_redis.client().xadd(
        commands.node_stream("me"),
        {"call": msgpack.packb({"id": "late", "session": str(session.pk), "timeout": 1})},
        id=f"{int(time.time() * 1000) - 2000}-0",
    )
    with pytest.raises(NotConnected):  # the reader is past the late one by now, and knows no such session
        commands.call(session.pk, "echo", {}, timeout=60)
    assert not quick_redis.client().exists(commands.reply_key("late"))


def test_without_redis_a_hint_is_lost_without_a_word_to_the_caller(no_redis):
    began = time.monotonic()
    for _ in range(50):
        commands.wake(uuid.uuid4())
    assert time.monotonic() - began < 20  # each with its own attempts would take minutes


def test_without_redis_a_call_says_so(no_redis, transactional_db):
    session = factories.session(factories.workspace(), owner="me")
    with pytest.raises(NotConnected) as caught:
        commands.call(session.pk, "echo", {}, timeout=5)
    assert caught.value.code == "unavailable"

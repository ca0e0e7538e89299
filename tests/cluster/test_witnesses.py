"""The two witnesses on a real database and a real Redis."""

import threading
import time

import pytest
import redis
from django.conf import settings
from django.db import DatabaseError, connection

from sessions_app.cluster.database_witness import DatabaseWitness
from sessions_app.cluster.models import Node
from sessions_app.cluster.nodes import dead_owners, nodes_prune
from sessions_app.cluster.redis_witness import RedisWitness
from tests import factories


@pytest.fixture
def database(db) -> DatabaseWitness:
    return DatabaseWitness(deadline=30)


@pytest.fixture
def cache():
    key = "test:nodes"
    witness = RedisWitness(settings.REDIS_URL, deadline=30, key=key)
    redis.Redis.from_url(settings.REDIS_URL).delete(key)
    yield witness
    witness.close()


def source(cache: RedisWitness) -> str:
    return cache.read([])[1]


# ---- the database ------------------------------------------------------------------------------------


def test_a_beat_is_noted_with_the_database_s_time(database):
    database.register("a", capacity=5)
    assert database.beat("a", 2)
    node = Node.objects.get(name="a")
    assert node.beats == 2
    assert abs(node.seen_at.timestamp() - time.time()) < 60
    assert [(peer.name, peer.beats, peer.capacity) for peer in database.read()] == [("a", 2, 5)]


def test_one_that_has_beaten_since_is_not_buried(database):
    database.register("a")
    database.beat("a", 2)
    assert not database.bury("a", 1)
    assert database.beat("a", 3)


def test_one_that_is_buried_beats_no_more(database):
    database.register("a")
    assert database.bury("a", 1)
    assert database.bury("a", 1), "another worker may have been first"
    assert not database.beat("a", 2)
    assert [peer.buried for peer in database.read()] == [True]


def test_dead_is_only_who_was_buried_first(database):
    database.register("a")
    assert not database.declare_dead("a")
    database.bury("a", 1)
    assert database.declare_dead("a")
    assert not database.declare_dead("a"), "we are not the first to say so"
    assert database.read() == []


def test_one_that_was_released_is_dead_at_once(database):
    database.register("a")
    assert database.release("a", cause="stopped")
    assert not database.release("a", cause="stopped")
    assert not database.beat("a", 2)
    assert dead_owners(["a", ""]) == {"a"}


def test_an_owner_that_nobody_knows_has_to_be_silent_in_redis_first(database):
    assert dead_owners(["stranger"]) == set()
    assert [(peer.name, peer.buried) for peer in database.read()] == [("stranger", True)]
    database.declare_dead("stranger")
    assert dead_owners(["stranger"]) == {"stranger"}


def test_the_dead_are_forgotten_after_a_while_unless_sessions_name_them(database):
    factories.session(factories.workspace(), owner="named")
    for name in ("old", "named", "fresh"):
        database.register(name)
        database.release(name, cause="stopped")
    Node.objects.exclude(name="fresh").update(dead_at="2020-01-01T00:00:00Z")
    assert nodes_prune() == 1
    assert set(Node.objects.values_list("name", flat=True)) == {"named", "fresh"}


@pytest.mark.django_db(transaction=True)
def test_a_locked_database_holds_a_beat_up_no_longer_than_its_deadline():
    if connection.vendor != "sqlite":
        pytest.skip("MongoDB has no lock for the whole database")
    DatabaseWitness(deadline=30).register("a")
    witness = DatabaseWitness(deadline=0.2)
    locked, done = threading.Event(), threading.Event()

    def lock() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN EXCLUSIVE")
            locked.set()
            done.wait(120)
            cursor.execute("ROLLBACK")
        connection.close()

    thread = threading.Thread(target=lock)
    thread.start()
    assert locked.wait(60)
    began = time.monotonic()
    with pytest.raises(DatabaseError):
        witness.beat("a", 2)
    assert time.monotonic() - began < 10
    done.set()
    thread.join()
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (20_000,), "other queries of this thread wait on"


# ---- Redis -------------------------------------------------------------------------------------------


def test_redis_notes_beats(cache):
    assert cache.beat("a", 1)
    assert cache.beat("a", 1), "the same again, because its answer was lost"
    assert cache.beat("a", 3)
    assert not cache.beat("a", 2), "an old one that was under way for long"
    assert cache.read(["a", "b"])[0] == {"a": 3, "b": None}


def test_one_that_is_buried_in_redis_beats_no_more(cache):
    cache.beat("a", 1)
    assert not cache.bury("a", 0, source=source(cache))
    assert cache.bury("a", 1, source=source(cache))
    assert not cache.beat("a", 2)
    assert cache.bury("a", 1, source=source(cache)), "another worker may have been first"


def test_one_that_redis_never_heard_of_can_be_buried(cache):
    assert cache.bury("a", None, source=source(cache))
    assert not cache.beat("a", 1)


def test_nobody_is_buried_on_the_word_of_a_redis_before_this_one(cache):
    cache.beat("a", 1)
    assert not cache.bury("a", 1, source="an earlier run")
    assert cache.beat("a", 2)


def test_a_node_that_redis_forgot_goes_on(cache):
    cache.beat("a", 7)
    cache.forget(["a"])
    assert cache.beat("a", 8)


def test_redis_gives_up_in_time():
    witness = RedisWitness("redis://192.0.2.1:6379/0", deadline=0.2)
    began = time.monotonic()
    with pytest.raises(redis.RedisError):
        witness.beat("a", 1)
    assert time.monotonic() - began < 10

"""Database and Redis: reachable, set up so that nothing is lost, and their clocks."""

import time
from collections.abc import Iterator
from datetime import UTC
from typing import Any, cast

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from whatsapp_api.core import redis as core_redis

from . import Diagnosis, fine, problem, warning

MOST_SKEW = 2.0
LONGEST_TRANSACTION = 30


def database() -> Iterator[Diagnosis]:
    connection.ensure_connection()
    if connection.vendor == "mongodb":
        yield from _mongodb(cast("Any", connection).database.client)
    else:
        yield warning(
            "The database is SQLite, a file of this machine.",
            "Fine for one machine; for several, or many sessions, set DATABASE_URL to a MongoDB replica set.",
        )
    executor = MigrationExecutor(connection)
    if waiting := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield problem(f"{len(waiting)} migrations are not applied.", "Run `python -m whatsapp_api.ops.prepare`.")
    else:
        yield fine("All migrations are applied.")


def _mongodb(client: Any) -> Iterator[Diagnosis]:
    hello = client.admin.command("hello", maxTimeMS=3000)
    if not hello.get("setName"):
        yield problem(
            "MongoDB is no replica set, so it has no transactions.",
            "Start mongod with --replSet rs0, run rs.initiate() once, and add ?replicaSet=rs0 to DATABASE_URL.",
        )
    else:
        members = len(hello.get("hosts", []))
        yield fine(f"MongoDB replica set {hello['setName']} with {members} members.")
        if members < 3:
            yield warning(f"The replica set has {members} members.", "Three survive the loss of one.")
    yield from _transactions(client)
    if local := hello.get("localTime"):
        yield _skew("MongoDB", local.replace(tzinfo=UTC).timestamp())


def _transactions(client: Any) -> Iterator[Diagnosis]:
    from pymongo.errors import PyMongoError

    name = "transactionLifetimeLimitSeconds"
    try:
        limit = int(client.admin.command({"getParameter": 1, name: 1}, maxTimeMS=3000)[name])
    except PyMongoError:
        yield warning(f"{name} cannot be read: our user may not.", f"Ask an administrator whether {name} is 10.")
        return
    if limit > LONGEST_TRANSACTION:
        yield warning(
            f"{name} is {limit}: so long a killed process may hold up others.",
            f"Start every mongod with --setParameter {name}=10.",
        )
    else:
        yield fine(f"{name} is {limit}.")


def redis() -> Iterator[Diagnosis]:
    client = core_redis.client()
    info = client.info()
    yield fine(f"Redis {info.get('redis_version')} answers.")
    policy = info.get("maxmemory_policy", "noeviction")
    if policy == "noeviction":
        yield fine("Redis evicts nothing.")
    else:
        yield problem(f"Redis evicts keys ({policy}), among them tasks.", "Set maxmemory-policy noeviction.")
    if info.get("aof_enabled"):
        yield fine("Redis writes what it holds to disk.")
    else:
        yield warning("Redis forgets tasks when it restarts.", "Set appendonly yes.")
    seconds, microseconds = client.time()
    yield _skew("Redis", seconds + microseconds / 1e6)


def _skew(name: str, theirs: float) -> Diagnosis:
    skew = abs(time.time() - theirs)
    if skew > MOST_SKEW:
        return warning(f"Our clock and that of {name} differ by {skew:.0f} s.", "Run chrony or ntpd on every machine.")
    return fine(f"Our clock agrees with that of {name}.")

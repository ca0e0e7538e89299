"""The parts that belong to no app: database, Redis, channel layer, beat, workers, disk."""

import asyncio
import shutil
import uuid
from pathlib import Path
from typing import Any, cast

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import OperationalError, connection

from whatsapp_api.core import redis as core_redis
from whatsapp_api.core.db import lock_wait
from whatsapp_api.core.health import Finding, degraded, failing, ok, part_register

from .dns import dns
from .signs import LATE_SECONDS, beat_age, worker_ages

LOCKED_SECONDS = 1.5
STORED = {"sessions": "snapshots", "media": "media", "backups": "backups"}
DISK_LOW = 0.05
DISK_LOW_BYTES = 200 * 2**20


def register() -> None:
    part_register("database", database, vital=True)
    part_register("redis", redis)
    part_register("channel_layer", channel_layer)
    part_register("beat", beat, begins=True)
    part_register("workers", workers, begins=True)
    part_register("disk", disk)
    part_register("dns", dns)


def database() -> Finding:
    """Whether it can be written; on MongoDB also what the replica set says of itself."""
    return _replica_set() if connection.vendor == "mongodb" else _sqlite()


def _sqlite() -> Finding:
    """Its one write lock, for a moment: who holds it for long, such as a forgotten shell, stops everything."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
        if connection.in_atomic_block:
            return ok(engine=connection.vendor)
        with lock_wait(LOCKED_SECONDS):
            try:
                cursor.execute("BEGIN IMMEDIATE")
            except OperationalError:
                text = (
                    f"Nothing could be written for {LOCKED_SECONDS} s: another program holds it, or the disk is full."
                )
                return degraded(text, engine=connection.vendor)
            cursor.execute("ROLLBACK")
    return ok(engine=connection.vendor)


def _replica_set() -> Finding:
    connection.ensure_connection()
    hello = cast("Any", connection).database.client.admin.command("hello", maxTimeMS=2000)
    detail = {"engine": "mongodb", "replica_set": hello.get("setName", ""), "primary": hello.get("primary", "")}
    if not hello.get("isWritablePrimary"):
        return failing("The replica set has no primary: nothing can be written.", **detail)
    away = sorted(set(hello.get("hosts", [])) - _members_up()) if hello.get("setName") else []
    if away:
        return degraded(f"Members of the replica set are away: {', '.join(away)}.", **detail, away=away)
    return ok(**detail, members=len(hello.get("hosts", [])))


def _members_up() -> set[str]:
    """As the driver sees them; asking the set itself takes a right that our user need not have."""
    client = cast("Any", connection).database.client
    servers = client.topology_description.server_descriptions()
    return {f"{host}:{port}" for (host, port), seen in servers.items() if seen.is_server_type_known}


def redis() -> Finding:
    """A round trip, and how much memory it may still take."""
    info = core_redis.client().info()
    detail = {name: info.get(key) for name, key in _REDIS_FIGURES.items()}
    limit = info.get("maxmemory") or 0
    if limit and info.get("used_memory", 0) > 0.9 * limit:
        return degraded("Redis is nearly out of memory.", **detail)
    return ok(**detail)


_REDIS_FIGURES = {
    "version": "redis_version",
    "used_bytes": "used_memory",
    "clients": "connected_clients",
    "uptime_seconds": "uptime_in_seconds",
}


def channel_layer() -> Finding:
    """A message to a channel of our own and back."""
    return asyncio.run(_round_trip())


async def _round_trip() -> Finding:
    layer = get_channel_layer()
    assert layer is not None
    channel, said = await layer.new_channel(), uuid.uuid4().hex
    try:
        await layer.send(channel, {"type": "health", "said": said})
        async with asyncio.timeout(2):
            heard = await layer.receive(channel)
    finally:
        if close := getattr(layer, "flush", None):
            await close()
    return ok() if heard.get("said") == said else failing("Live pushes arrive mixed up.")


def beat() -> Finding:
    """When beat last sent a task."""
    age = beat_age()
    if age is None:
        return degraded("Celery beat has not run: scheduled work does not start.")
    detail = {"last_seconds": round(age, 1)}
    if age > LATE_SECONDS:
        return degraded(f"Celery beat last did something {age:.0f} s ago: scheduled work does not start.", **detail)
    return ok(**detail)


def workers() -> Finding:
    """Celery workers with a recent heartbeat, those that fell silent, and tasks that wait for them."""
    client = core_redis.client()
    ages = worker_ages()
    waiting = {queue: client.llen(queue) for queue in ("default", "media", "sessions")}
    names = sorted(name for name, age in ages.items() if age <= LATE_SECONDS)
    detail = {"workers": names, "silent": sorted(set(ages) - set(names)), "waiting": waiting}
    if not any(map(_is_ordinary, names)):
        return degraded("No Celery worker runs: background work waits.", **detail)
    if silent := [name for name in detail["silent"] if _is_ordinary(name)]:
        return degraded(f"Workers have fallen silent: {', '.join(silent)}. Others do their work.", **detail)
    return ok(**detail)


def _is_ordinary(name: str) -> bool:
    """Sessions workers are the affair of `sessions_workers`."""
    return not name.startswith("sessions-")


def disk() -> Finding:
    """Space where the platform keeps its files."""
    places = {"data": Path(settings.DATA_DIR), "sessions": Path(settings.SESSIONS_DIR)}
    # Storages that are directories; S3 has no end.
    for name in ("sessions", "media", "backups"):
        if location := settings.STORAGES[name].get("OPTIONS", {}).get("location"):
            places[STORED[name]] = Path(location)
    free = {name: _free(path) for name, path in places.items()}
    low = [name for name, (left, total) in free.items() if left < max(DISK_LOW_BYTES, DISK_LOW * total)]
    detail = {"free_bytes": {name: left for name, (left, _) in free.items()}}
    if low:
        return degraded(f"Little space is left for {' and '.join(low)}.", **detail)
    return ok(**detail)


def _free(path: Path) -> tuple[int, int]:
    while not path.exists():
        path = path.parent
    usage = shutil.disk_usage(path)
    return usage.free, usage.total

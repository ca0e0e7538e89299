"""Telling all workers at once that something changed among them. Without it they find out with their next beat."""

import contextlib

import redis
from django.conf import settings

from sessions_app import commands

from .database_witness import DatabaseWitness
from .redis_witness import RedisWitness


def node_release(name: str, *, cause: str, deadline: float) -> bool:
    """It runs nothing any more: say so in both witnesses, and wake those who will take over. True if it was news."""
    if not DatabaseWitness(deadline=deadline).release(name, cause=cause):
        return False
    witness = RedisWitness(settings.REDIS_URL, deadline=deadline)
    with contextlib.suppress(redis.RedisError):
        witness.release(name)
    witness.close()
    commands.wake_cluster()
    return True

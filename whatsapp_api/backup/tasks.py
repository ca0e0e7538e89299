"""Backups by beat."""

import logging

import redis
from celery import shared_task
from django.conf import settings

from whatsapp_api.core.redis import client

logger = logging.getLogger(__name__)

LOCK = "wa:backup"
LOCK_SECONDS = 4 * 3600


@shared_task(name="backup.run")
def run() -> str:
    """Make one when it is due, then remove those that are too many. One at a time, whoever asks."""
    from .create import backup_create
    from .upkeep import is_due, prune

    if not is_due(settings.BACKUP_HOURS):
        return ""
    lock = client().lock(LOCK, timeout=LOCK_SECONDS, blocking=False)
    if not lock.acquire():
        return ""
    try:
        manifest = backup_create()
        prune(settings.BACKUP_KEEP)
    finally:
        try:
            lock.release()
        except redis.RedisError as error:
            logger.warning("The lock of backups ends by itself: %s", type(error).__name__)
    return manifest.id

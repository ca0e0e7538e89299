"""Upkeep of the event log."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from .models import Event


@shared_task(name="events.prune")
def prune() -> int:
    """Remove events older than EVENTS_KEEP_DAYS; answers how many."""
    return due().delete()[0]


def due() -> QuerySet[Event]:
    """What is older."""
    return Event.objects.filter(created_at__lt=timezone.now() - timedelta(days=settings.EVENTS_KEEP_DAYS))

"""What beat sends so that everybody sees that it lives."""

from celery import shared_task


@shared_task(name="health.tick")
def tick() -> None:
    """Nothing to do: that it was sent is the message, and beat's signal has noted it."""

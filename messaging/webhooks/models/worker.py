"""Processes that deliver, so that they can share the endpoints fairly."""

from django.db import models

from whatsapp_api.core.db import UUIDModel


class DeliveryWorker(UUIDModel):
    """One process; gone when it is not seen for the length of a lease."""

    name = models.CharField(max_length=120)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name

"""Deliveries of an endpoint by the hour: success rates and sparklines without reading the log."""

from django.db import models

from whatsapp_api.core.db import UUIDModel

from .endpoint import Endpoint


class HourFigures(UUIDModel):
    """Attempts of one hour. Milliseconds are of the attempts that succeeded."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="figures")
    hour = models.DateTimeField()
    succeeded = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    ms = models.BigIntegerField(default=0)
    slowest_ms = models.IntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("endpoint", "hour"), name="one_row_per_hour"),)

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}: {self.succeeded} of {self.succeeded + self.failed}"

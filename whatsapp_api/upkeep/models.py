"""When each job of retention and clean-up last ran, and what became of it."""

from django.db import models


class JobRun(models.Model):
    """The last run of one job; a further one takes its place."""

    task = models.CharField(max_length=60, primary_key=True)
    started_at = models.DateTimeField()
    seconds = models.FloatField(null=True)  # null: it runs, or its worker died
    removed = models.IntegerField(null=True)
    error = models.CharField(max_length=300, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.task} at {self.started_at:%Y-%m-%d %H:%M}"

"""A table of contacts on its way into the database. The row is the state: whoever dies, another goes on."""

from django.db import models

from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import UUIDModel


class ImportState(models.TextChoices):
    UPLOADED = "uploaded"  # waits for somebody to say which column is what
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ImportTarget(models.TextChoices):
    CONTACTS = "contacts"
    SUPPRESSIONS = "suppressions"


class ContactImport(UUIDModel):
    """`rows_done` of `rows_total` are stored; counts are exact, since they change together with the rows."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="contact_imports")
    target = models.CharField(max_length=15, choices=ImportTarget, default=ImportTarget.CONTACTS)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    file_name = models.CharField(max_length=200)
    stored_as = models.CharField(max_length=200)  # in STORAGES["media"]
    format = models.CharField(max_length=5)  # csv, xlsx
    columns = models.JSONField(default=list)  # as the first row names them
    sample = models.JSONField(default=list)  # the first rows, to show
    mapping = models.JSONField(default=dict)  # see importing/mapping.py
    country = models.CharField(max_length=2, blank=True, default="")  # of numbers without a country code
    list_id = models.UUIDField(null=True)  # everybody goes on this list
    tag_text = models.CharField(max_length=300, blank=True, default="")
    rows_total = models.IntegerField(default=0)
    rows_done = models.IntegerField(default=0)
    created = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    duplicates = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    error = models.CharField(max_length=300, blank=True, default="")
    claim = models.CharField(max_length=60, blank=True, default="")  # the task that works on it
    alive_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("workspace", "id"), name="contactimport_workspace"),
            models.Index(fields=("state", "alive_at"), name="contactimport_state"),
        )

    def __str__(self) -> str:
        return self.file_name


class ImportProblem(UUIDModel):
    """A row that was refused, with its number in the file (the heading is 1)."""

    contact_import = models.ForeignKey(ContactImport, on_delete=models.CASCADE, related_name="problems")
    row = models.IntegerField()
    text = models.CharField(max_length=300)
    values = models.JSONField(default=list)

    class Meta:
        ordering = ("row",)
        constraints = (models.UniqueConstraint(fields=("contact_import", "row"), name="one_problem_per_row"),)

    def __str__(self) -> str:
        return f"row {self.row}"

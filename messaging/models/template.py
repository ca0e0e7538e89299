"""A message written once, with gaps to be filled in for each recipient."""

from django.db import models

from whatsapp_api.accounts.bodies.fields import BodyJSON
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import UUIDModel


class Template(UUIDModel):
    """`fields` is the body of a send request of `kind` without its recipient; its texts hold `{{variables}}`."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="templates")
    name = models.CharField(max_length=64)
    language = models.CharField(max_length=20, blank=True, default="")
    description = models.CharField(max_length=300, blank=True, default="")
    kind = models.CharField(max_length=20)
    fields = BodyJSON(default=dict)
    defaults = BodyJSON(default=dict, blank=True)  # variable -> text, for those that a send leaves out
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("workspace", "name"), name="one_template_per_name"),)
        indexes = (models.Index(fields=("workspace", "id"), name="template_workspace"),)

    def __str__(self) -> str:
        return self.name

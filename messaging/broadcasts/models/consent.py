"""How people of a workspace opt out and in again."""

from django.db import models

from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import UUIDModel


class Consent(UUIDModel):
    """A workspace without a row has the words of consent/words.py and answers nothing."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="consent")
    enabled = models.BooleanField(default=True)
    stop_words = models.JSONField(default=list)  # besides the built-in ones
    start_words = models.JSONField(default=list)
    stop_text = models.CharField(max_length=1000, blank=True, default="")  # empty: the built-in one
    start_text = models.CharField(max_length=1000, blank=True, default="")
    footer = models.CharField(max_length=200, blank=True, default="")  # of broadcasts with the option `footer`

    def __str__(self) -> str:
        return str(self.workspace_id)

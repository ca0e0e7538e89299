"""People and groups that a workspace writes to, with what it knows of them."""

from django.db import models

from sessions_app.labels import COLUMN as TAG_COLUMN
from sessions_app.labels import labels_split
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import UUIDModel


class Addressee(UUIDModel):
    """One per workspace and address, imported or added by hand; WhatsApp's own contacts belong to a session."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="addressees")
    jid = models.CharField(max_length=80)  # canonical; a group's too
    name = models.CharField(max_length=200, blank=True, default="")
    attributes = models.JSONField(default=dict, blank=True)  # text by name: the variables of a broadcast
    tag_text = models.CharField(max_length=TAG_COLUMN, blank=True, default="")  # as labels of sessions are kept
    time_zone = models.CharField(max_length=60, blank=True, default="")  # IANA; empty: the number's country decides
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-id",)
        verbose_name, verbose_name_plural = "contact", "audience"
        constraints = (models.UniqueConstraint(fields=("workspace", "jid"), name="one_addressee_per_address"),)
        indexes = (models.Index(fields=("workspace", "id"), name="addressee_workspace"),)

    def __str__(self) -> str:
        return self.name or self.jid

    @property
    def tags(self) -> list[str]:
        return labels_split(self.tag_text)


class RecipientList(UUIDModel):
    """Addressees put together by hand or by an import."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="recipient_lists")
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)  # gone for everybody; its members follow page by page

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("workspace", "name"), name="one_list_per_name"),)

    def __str__(self) -> str:
        return self.name


class ListMember(UUIDModel):
    """An addressee on a list."""

    list = models.ForeignKey(RecipientList, on_delete=models.CASCADE, related_name="members")
    addressee = models.ForeignKey(Addressee, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("list", "addressee"), name="once_on_a_list"),)
        indexes = (models.Index(fields=("list", "id"), name="listmember_list"),)

    def __str__(self) -> str:
        return str(self.pk)


class Segment(UUIDModel):
    """A saved filter; whoever fits it when it is used belongs to it. `rules`: see segments.py."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="segments")
    name = models.CharField(max_length=100)
    rules = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("workspace", "name"), name="one_segment_per_name"),)

    def __str__(self) -> str:
        return self.name

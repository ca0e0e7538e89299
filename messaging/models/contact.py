"""A person that an account knows, by every name it has for them."""

from django.db import models

from sessions_app.models import Session
from whatsapp_api.core.db import UUIDModel


class Contact(UUIDModel):
    """One per session and person. `jid`: the phone number's, or the LID while that is all that is known."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="contacts")
    jid = models.CharField(max_length=80)
    lid = models.CharField(max_length=80, blank=True, default="")
    name = models.CharField(max_length=200, blank=True, default="")  # the first of those below that there is
    local_name = models.CharField(max_length=200, blank=True, default="")  # given here
    full_name = models.CharField(max_length=200, blank=True, default="")  # in the phone's address book
    first_name = models.CharField(max_length=200, blank=True, default="")
    business_name = models.CharField(max_length=200, blank=True, default="")  # verified by WhatsApp
    push_name = models.CharField(max_length=200, blank=True, default="")  # what they call themselves
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("session", "jid"), name="one_contact_per_person"),)
        indexes = (
            models.Index(fields=("session", "id"), name="contact_session"),
            models.Index(fields=("session", "lid"), name="contact_lid"),
        )

    def __str__(self) -> str:
        return self.name or self.jid


NAMES = ("local_name", "full_name", "business_name", "push_name")
"""Where a person's name comes from, what counts most first."""

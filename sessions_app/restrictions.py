"""What WhatsApp has told an account not to do for a while.

463, the reach-out time lock: the account may answer, but not write to people it has no chat with. WhatsApp tells
its own clients when it ends; the library we use does not pass that on. So `restricted_until` is our estimate,
renewed with each refusal, and it is past that time that the restriction is no longer shown.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.formats import iso
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

from .models import Session


@retry_conflicts
def restriction_note(session_id: uuid.UUID, code: str, *, until: datetime | None = None) -> None:
    """Keep that WhatsApp restricts the account, and publish it when that is news. `until`: where it is known."""
    now = timezone.now()
    ends = until or now + timedelta(hours=settings.RESTRICTION_HOURS)
    with atomic():
        session = Session.objects.filter(pk=session_id).first()
        if session is None:
            return
        was_restricted = restriction_payload(session) is not None and session.restriction == code
        fields: dict[str, Any] = {"restriction": code, "restricted_until": ends}
        if not was_restricted:
            fields["restricted_at"] = now
        Session.objects.filter(pk=session_id).update(**fields)
        if was_restricted:
            return
        for name, value in fields.items():
            setattr(session, name, value)
        publish(
            EventType.SESSION_RESTRICTED,
            workspace_id=session.workspace_id,
            session_id=session.pk,
            payload=restriction_payload(session) or {},
        )


def restriction_payload(session: Session) -> dict[str, Any] | None:
    """`{code, since, until}` while a restriction is believed to hold."""
    if not session.restriction or session.restricted_until is None or session.restricted_until <= timezone.now():
        return None
    return {"code": session.restriction, "since": iso(session.restricted_at), "until": iso(session.restricted_until)}

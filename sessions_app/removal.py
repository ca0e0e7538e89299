"""The sessions of a workspace that goes: unlinked at WhatsApp, then deleted, both by their workers."""

import uuid

from whatsapp_api.accounts.removal.parts import Part, part_register
from whatsapp_api.core.errors import ApiError

from .models import Session
from .services import session_delete, session_logout


def register() -> None:
    part_register(Part("sessions", left=_left, remove=_ask, order=10))


def _left(workspace_id: uuid.UUID) -> int:
    return Session.objects.filter(workspace_id=workspace_id).count()


def _ask(workspace_id: uuid.UUID) -> int:
    """Removes none itself: what was asked for is done by whoever owns the session."""
    for session in Session.objects.filter(workspace_id=workspace_id, deleted_at=None):
        try:
            session_logout(session=session) if session.is_paired else session_delete(session=session)
        except ApiError:
            continue  # changed just now: asked again by the next sweep
    return 0

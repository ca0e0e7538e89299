"""What the views of one session share."""

from rest_framework.response import Response
from rest_framework.views import APIView

from sessions_app.models import Session
from sessions_app.payloads import session_payload
from sessions_app.selectors import session_get
from whatsapp_api.core.api_input import valid

__all__ = ["ASKED", "SessionView", "valid"]

# What WhatsApp (engine/refusals.py), the engine and the way to them can answer to any question (asking.py).
ASKED = {
    "e403": "role_too_low whatsapp_not_allowed",
    "e404": "session_not_found whatsapp_not_found recipient_not_found",
    "e409": "session_not_connected not_ready whatsapp_conflict whatsapp_full",
    "e429": "rate_limited whatsapp_rate_limited too_many_calls",
    "e501": "unsupported",
    "e502": "engine_error",
    "e503": "redis_unavailable whatsapp_unavailable",
    "e504": "outcome_unknown",
}


class SessionView(APIView):
    """A view below /sessions/{session_id}. It declares its `scope` (whatsapp_api/accounts/api/permissions.py)."""

    def session(self) -> Session:
        """The session of the address: 404 unless visible, 403 for who may look but not do this."""
        return session_get(self.request.user, self.kwargs["session_id"])

    @staticmethod
    def accepted(session: Session, changed: bool) -> Response:
        """202 when the owner has something to do, 200 when it is so already."""
        return Response(session_payload(session), status=202 if changed else 200)

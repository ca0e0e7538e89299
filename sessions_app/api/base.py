"""What the views of one session share."""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.views import APIView

from sessions_app.models import Session
from sessions_app.payloads import session_payload
from sessions_app.selectors import session_get
from whatsapp_api.accounts.api.access import require_writer


class SessionView(APIView):
    """A view below /sessions/{session_id}."""

    def session(self) -> Session:
        """The session of the address: 404 unless visible, 403 for a viewer who wants to act."""
        session = session_get(self.request.user, self.kwargs["session_id"])
        if self.request.method not in SAFE_METHODS:
            require_writer(self.request.user, session.workspace_id)
        return session

    @staticmethod
    def accepted(session: Session, changed: bool) -> Response:
        """202 when the owner has something to do, 200 when it is so already."""
        return Response(session_payload(session), status=202 if changed else 200)


def valid(serializer: Any) -> dict[str, Any]:
    """The validated body or query; raises the error that names the fields, also those that there are not."""
    serializer.is_valid(raise_exception=True)
    if unknown := set(serializer.initial_data) - set(serializer.fields):
        sentence = f"There is no such field; there are {', '.join(serializer.fields)}."
        raise ValidationError({name: [sentence] for name in sorted(unknown)})
    data: dict[str, Any] = serializer.validated_data
    return data

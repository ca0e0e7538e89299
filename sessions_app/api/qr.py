"""The QR code that a session shows now."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import qr
from sessions_app.engine.states import State
from sessions_app.models import Desired, Session
from sessions_app.services import is_under_way
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.errors import Conflict
from whatsapp_api.core.formats import iso

from .base import SessionView
from .renderers import PngRenderer, RawRenderer, SvgRenderer
from .serializers import QrSerializer

FORMAT = OpenApiParameter(
    "format", str, enum=["json", "png", "svg", "raw"], description="Instead of the Accept header.", required=False
)


class NoStoreView(SessionView):
    """Answers that hold secrets: no cache may keep them."""

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if answer.status_code >= 400:  # a refusal is JSON whatever picture was asked for
            answer.accepted_renderer = JSONRenderer()
            answer.accepted_media_type = JSONRenderer.media_type
        answer["Cache-Control"] = "no-store"
        return answer


class Qr(NoStoreView):
    scope = {"GET": Scope.CONTROL}

    # The first one is for callers that accept anything.
    renderer_classes = [JSONRenderer, PngRenderer, SvgRenderer, RawRenderer]

    @extend_schema(
        summary="Read the QR code",
        description="The one that is valid now, as JSON, PNG, SVG or raw payload. WhatsApp replaces it every 20 to 60 "
        "seconds: the event `session.qr` tells of each. 409 `no_qr` says in a sentence why there is none.",
        tags=["Pairing"],
        parameters=[FORMAT],
        responses={
            (200, "application/json"): QrSerializer,
            (200, "image/png"): OpenApiResponse(OpenApiTypes.BINARY),
            (200, "image/svg+xml"): OpenApiResponse(OpenApiTypes.STR),
            (200, "text/plain"): OpenApiResponse(OpenApiTypes.STR),
            **refusals(e404="session_not_found", e406="not_acceptable", e409="no_qr"),
        },
    )
    def get(self, request: Request, session_id: str) -> Response:
        session = self.session()
        shown = qr.current(session.id)
        if shown is None:
            raise Conflict("no_qr", why_no_code(session, "QR code"))
        return Response(
            {"qr": shown.payload, "index": shown.index, "total": shown.total, "expires_at": iso(shown.expires_at)}
        )


def why_no_code(session: Session, wanted: str) -> str:
    """A sentence for each state in which there is no code to show."""
    state = State(session.state)
    if session.is_paired:
        return f"The session is linked to {session.phone} already; log out first to link another account."
    if not is_under_way(session):
        if session.desired == Desired.STARTED and session.explanation:
            return session.explanation
        return f"The session is not started: POST /api/v1/sessions/{session.id}/start, then ask for the {wanted} again."
    if state == State.SCAN_QR and wanted != "QR code":
        return f"The session pairs by QR code: GET /api/v1/sessions/{session.id}/qr, or ask for a pairing code by POST."
    if state == State.PAIRING_CODE and wanted == "QR code":
        return f"The session pairs by pairing code: GET /api/v1/sessions/{session.id}/pairing-code."
    return f"The {wanted} is on its way; ask again in a second, or listen for it on /ws/events."

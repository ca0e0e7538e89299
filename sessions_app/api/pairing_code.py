"""Pairing by a code typed into the phone."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import qr, services
from sessions_app.models import PairingMethod, Session
from sessions_app.payloads import session_payload
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.api_waiting import wait_for
from whatsapp_api.core.errors import Conflict
from whatsapp_api.core.formats import iso

from .base import valid
from .qr import NoStoreView, why_no_code
from .serializers import PairByCodeSerializer, PairingCodeSerializer, SessionSerializer

WAIT_SECONDS = 15.0


class PairingCode(NoStoreView):
    scope = {"GET": Scope.CONTROL, "POST": Scope.CONTROL}

    @extend_schema(
        summary="Read the pairing code",
        description="The one that is valid now. 409 `no_pairing_code` says in a sentence why there is none.",
        tags=["Pairing"],
        responses={200: PairingCodeSerializer, **refusals(e404="session_not_found", e409="no_pairing_code")},
    )
    def get(self, request: Request, session_id: str) -> Response:
        session = self.session()
        shown = qr.current_code(session.id)
        if shown is None:
            raise Conflict("no_pairing_code", why_no_code(session, "pairing code"))
        return Response(code_payload(shown))

    @extend_schema(
        summary="Pair by code",
        description="Starts the session by pairing code and waits up to 15 seconds for it. 202 with the session: it "
        "takes longer, the event `session.pairing_code` brings it.",
        tags=["Pairing"],
        request=PairByCodeSerializer,
        responses={
            200: PairingCodeSerializer,
            202: SessionSerializer,
            **refusals(
                e400="validation_error",
                e403="role_too_low",
                e404="session_not_found",
                e409="already_paired pairing_failed",
                e503="session_busy",
            ),
        },
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        phone = valid(PairByCodeSerializer(data=request.data))["phone"]
        if session.is_paired:
            raise Conflict("already_paired", why_no_code(session, "pairing code"))
        services.session_start(session=session, method=PairingMethod.CODE, phone=phone)
        shown = wait_for_code(session, phone)
        return Response(code_payload(shown)) if shown else Response(session_payload(session), status=202)


def wait_for_code(session: Session, phone: str) -> qr.LivePairingCode | None:
    """The code once it is shown; None when it takes too long."""

    def look() -> qr.LivePairingCode | None:
        shown = qr.current_code(session.id)
        if shown and shown.phone.lstrip("+") == phone:
            return shown
        session.refresh_from_db()
        if not services.is_under_way(session):
            raise Conflict("pairing_failed", session.explanation or "The session was stopped meanwhile.")
        return None

    return wait_for(look, WAIT_SECONDS)


def code_payload(shown: qr.LivePairingCode) -> dict[str, str | None]:
    return {"code": shown.code, "phone": f"+{shown.phone.lstrip('+')}", "expires_at": iso(shown.expires_at)}

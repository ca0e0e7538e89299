"""Start, stop, restart, log out."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_schema import refusals

from .base import SessionView, valid
from .serializers import SessionSerializer, SessionStartSerializer

TAGS = ["Session life"]
ANSWERS: dict[Any, Any] = {
    200: SessionSerializer,
    202: SessionSerializer,
    **refusals(e403="role_too_low", e404="session_not_found", e503="session_busy"),
}
UNCHANGED = " 202: it is being done, watch `state`; 200: it was asked before, nothing changed."


class Start(SessionView):
    scope = Scope.CONTROL

    @extend_schema(
        summary="Start a session",
        description="Connects the linked account, or offers codes to link one. Allowed in every state." + UNCHANGED,
        tags=TAGS,
        request=SessionStartSerializer,
        responses={**ANSWERS, **refusals(e400="validation_error phone_required")},
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        data = valid(SessionStartSerializer(data=request.data))
        return self.accepted(session, services.session_start(session=session, **data))


class Stop(SessionView):
    scope = Scope.CONTROL

    @extend_schema(
        summary="Stop a session",
        description="Disconnects and keeps the account linked." + UNCHANGED,
        tags=TAGS,
        request=None,
        responses=ANSWERS,
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        return self.accepted(session, services.session_stop(session=session))


class Restart(SessionView):
    scope = Scope.CONTROL

    @extend_schema(
        summary="Restart a session",
        description="Connects afresh, or begins pairing again, whatever it does now.",
        tags=TAGS,
        request=None,
        responses={code: answer for code, answer in ANSWERS.items() if code != 200},
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        return self.accepted(session, services.session_restart(session=session))


class Logout(SessionView):
    scope = Scope.CONTROL

    @extend_schema(
        summary="Log out",
        description="Unlinks the device at WhatsApp and stops; to use the session again, pair it anew." + UNCHANGED,
        tags=TAGS,
        request=None,
        responses={**ANSWERS, **refusals(e409="not_paired")},
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        return self.accepted(session, services.session_logout(session=session))

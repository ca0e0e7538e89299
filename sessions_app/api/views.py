"""Sessions: create, read, change, delete."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from sessions_app.models import Session
from sessions_app.payloads import session_payload
from sessions_app.selectors import sessions_visible
from whatsapp_api.accounts.api.access import workspace_chosen
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_schema import refusals

from .base import SessionView, valid
from .filters import SessionFilters
from .serializers import SessionCreateSerializer, SessionSerializer, SessionUpdateSerializer

TAGS = ["Sessions"]


class SessionList(GenericAPIView[Session]):
    """The collection."""

    scope = Scope.CONTROL
    filters_bound_sessions = True
    filterset_class = SessionFilters
    serializer_class = SessionSerializer

    def get_queryset(self) -> QuerySet[Session]:
        return sessions_visible(self.request.user)

    @extend_schema(
        summary="List sessions",
        description="Newest first, those of all your workspaces.",
        tags=TAGS,
        responses={200: SessionSerializer(many=True), **refusals(e400="validation_error invalid_cursor invalid_limit")},
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([session_payload(session) for session in page])

    @extend_schema(
        summary="Create a session",
        description="It is not started: start it, then scan the QR code or type the pairing code.",
        tags=TAGS,
        request=SessionCreateSerializer,
        responses={201: SessionSerializer, **refusals(e400="validation_error no_workspace", e403="role_too_low")},
    )
    def post(self, request: Request) -> Response:
        data = valid(SessionCreateSerializer(data=request.data))
        workspace_id = workspace_chosen(request.user, data.pop("workspace", None))
        session = services.session_create(workspace_id=workspace_id, **data)
        location = f"{request.path}/{session.id}"
        return Response(session_payload(session), status=201, headers={"Location": location})


class SessionDetail(SessionView):
    """One session."""

    scope = {"PATCH": Scope.SETTINGS, "DELETE": Scope.CONTROL}

    @extend_schema(
        summary="Read a session",
        tags=TAGS,
        responses={200: SessionSerializer, **refusals(e404="session_not_found")},
    )
    def get(self, request: Request, session_id: str) -> Response:
        return Response(session_payload(self.session()))

    @extend_schema(
        summary="Change a session",
        description="Its name and settings; what is left out stays, what is given is replaced as a whole.",
        tags=TAGS,
        request=SessionUpdateSerializer,
        responses={
            200: SessionSerializer,
            **refusals(e400="validation_error", e403="role_too_low", e404="session_not_found"),
        },
    )
    def patch(self, request: Request, session_id: str) -> Response:
        session = self.session()
        if changes := valid(SessionUpdateSerializer(data=request.data)):
            services.session_update(session=session, **changes)
        return Response(session_payload(session))

    @extend_schema(
        summary="Delete a session",
        description="Disconnects it and removes its credentials, messages and files. The linked device stays on the "
        "phone's list until WhatsApp drops it: log out first to remove it there too.",
        tags=TAGS,
        responses={204: None, **refusals(e403="role_too_low", e404="session_not_found")},
    )
    def delete(self, request: Request, session_id: str) -> Response:
        services.session_delete(session=self.session())
        return Response(status=204)

"""API keys: make, list, change, revoke."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from whatsapp_api.accounts.authority import authority_of
from whatsapp_api.accounts.keys import services
from whatsapp_api.accounts.keys.models import ApiKey
from whatsapp_api.accounts.keys.selectors import key_get, keys_visible
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_input import valid
from whatsapp_api.core.api_schema import refusals

from .access import workspace_chosen
from .key_serializers import (
    KeyCreatedSerializer,
    KeyCreateSerializer,
    KeyFieldsSerializer,
    KeySerializer,
    key_payload,
)

TAGS = ["API keys"]
ALWAYS = {"GET": Scope.ADMIN, "POST": Scope.ADMIN, "PATCH": Scope.ADMIN, "DELETE": Scope.ADMIN}
# Which of the sessions are in a workspace: given by the layer above, which knows sessions.
SessionsIn = Callable[[Iterable[UUID], Iterable[UUID]], dict[UUID, UUID]]


class KeyView(APIView):
    """What both views share. Keys are administered by people and keys with the scope `admin`."""

    scope = ALWAYS
    session_workspaces: SessionsIn | None = None

    def require_sessions(self, sessions: list[str] | None, workspace_id: UUID) -> None:
        """400 unless all of them are in the key's workspace."""
        assert self.session_workspaces is not None
        wanted = {UUID(text) for text in sessions or []}
        if wanted and len(self.session_workspaces(wanted, [workspace_id])) < len(wanted):
            raise ValidationError({"sessions": ["One of these is no session of this workspace."]})


class KeyList(KeyView, GenericAPIView[ApiKey]):
    """The collection."""

    serializer_class = KeySerializer
    filter_backends = ()
    queryset = ApiKey.objects.none()  # for the OpenAPI description

    def get_queryset(self) -> QuerySet[ApiKey]:
        return keys_visible(self.request.user).prefetch_related("created_by")  # type: ignore[arg-type]

    @extend_schema(
        summary="List API keys",
        description="Newest first, revoked ones too; never their secrets.",
        tags=TAGS,
        responses={200: KeySerializer(many=True), **refusals(e400="invalid_cursor invalid_limit", e403="role_too_low")},
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([key_payload(key) for key in page])

    @extend_schema(
        summary="Make an API key",
        description="The answer holds the key, this once. It may never more than you may, and stops with your account.",
        tags=TAGS,
        request=KeyCreateSerializer,
        responses={201: KeyCreatedSerializer, **refusals(e400="validation_error", e403="role_too_low scope_missing")},
    )
    def post(self, request: Request) -> Response:
        data = valid(KeyCreateSerializer(data=request.data))
        workspace_id = workspace_chosen(request.user, data.pop("workspace", None))
        self.require_sessions(data.get("sessions"), workspace_id)
        key, text = services.key_create(authority=authority_of(request.user), workspace_id=workspace_id, **data)
        headers = {"Location": f"{request.path}/{key.id}", "Cache-Control": "no-store"}
        return Response({**key_payload(key), "key": text}, status=201, headers=headers)


class KeyDetail(KeyView):
    """One key."""

    @extend_schema(
        summary="Read an API key", tags=TAGS, responses={200: KeySerializer, **refusals(e404="key_not_found")}
    )
    def get(self, request: Request, key_id: UUID) -> Response:
        return Response(key_payload(self._key(request, key_id)))

    @extend_schema(
        summary="Change an API key",
        description="What is left out stays, what is given is replaced as a whole.",
        tags=TAGS,
        request=KeyFieldsSerializer(partial=True),
        responses={
            200: KeySerializer,
            **refusals(e400="validation_error", e403="role_too_low scope_missing", e404="key_not_found"),
        },
    )
    def patch(self, request: Request, key_id: UUID) -> Response:
        key = self._key(request, key_id)
        changes: dict[str, Any] = valid(KeyFieldsSerializer(data=request.data, partial=True))
        self.require_sessions(changes.get("sessions"), key.workspace_id)
        if changes:
            key = services.key_update(authority=authority_of(request.user), key=key, **changes)
        return Response(key_payload(key))

    @extend_schema(
        summary="Revoke an API key",
        description="It stops at once and for good.",
        tags=TAGS,
        responses={204: None, **refusals(e403="role_too_low", e404="key_not_found")},
    )
    def delete(self, request: Request, key_id: UUID) -> Response:
        services.key_revoke(key=self._key(request, key_id))
        return Response(status=204)

    @staticmethod
    def _key(request: Request, key_id: UUID) -> ApiKey:
        return key_get(request.user, key_id)  # type: ignore[arg-type]

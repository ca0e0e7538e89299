"""Endpoints: create, read, change, delete, switch."""

import uuid
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.webhooks import services
from messaging.webhooks.credentials import BadCredentials, Credentials, credentials_check
from messaging.webhooks.headers import BadHeader, headers_check, headers_open
from messaging.webhooks.models import Endpoint
from messaging.webhooks.patterns import names_security
from messaging.webhooks.payloads import endpoint_payload
from messaging.webhooks.selectors import endpoints_visible, figures_of, success_rate
from sessions_app.api.base import SessionView
from sessions_app.models import Session
from sessions_app.selectors import session_get
from whatsapp_api.accounts.api.access import require_writer, workspace_chosen
from whatsapp_api.accounts.authority import authority_of
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_input import valid
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.errors import ApiError
from whatsapp_api.core.formats import iso
from whatsapp_api.events.selectors import last_sequences

from .answers import EndpointCreatedSerializer, EndpointSerializer, FiguresSerializer
from .base import TAGS, EndpointView
from .filters import EndpointFilters
from .serializers import (
    EnableSerializer,
    EndpointCreateSerializer,
    EndpointFieldsSerializer,
    SessionEndpointCreateSerializer,
)

REFUSALS: dict[int, Any] = refusals(e400="validation_error", e403="role_too_low", e404="webhook_not_found")


class EndpointList(GenericAPIView[Endpoint]):
    """The collection."""

    scope = Scope.WEBHOOKS
    filters_bound_sessions = True
    filterset_class = EndpointFilters
    serializer_class = EndpointSerializer

    def get_queryset(self) -> QuerySet[Endpoint]:
        return endpoints_visible(self.request.user)

    @extend_schema(
        summary="List webhooks",
        description="Newest first, those of all your workspaces and sessions.",
        tags=TAGS,
        responses={
            200: EndpointSerializer(many=True),
            **refusals(e400="validation_error invalid_cursor invalid_limit"),
        },
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([endpoint_payload(endpoint) for endpoint in page])

    @extend_schema(
        summary="Create a webhook",
        description="It hears what happens from now on. The answer has its `secret`, shown this once.",
        tags=TAGS,
        request=EndpointCreateSerializer,
        responses={
            201: EndpointCreatedSerializer,
            **refusals(
                e400="validation_error no_workspace",
                e403="role_too_low key_bound",
                e404="session_not_found",
                e409="too_many_webhooks",
            ),
        },
    )
    def post(self, request: Request) -> Response:
        serializer = EndpointCreateSerializer(data=request.data)
        data = valid(serializer)
        session_id, workspace_id = data.pop("session", None), data.pop("workspace", None)
        if session_id is not None:
            session = session_get(request.user, session_id)
            if workspace_id not in (None, session.workspace_id):
                raise ValidationError({"session": ["It is in another workspace."]})
            return _created(request, serializer, data, session.workspace_id, session)
        if authority_of(request.user).sessions is not None:
            raise ApiError("key_bound", "This key is bound to sessions: name one of them.", http_status=403)
        workspace_id = workspace_chosen(request.user, workspace_id)
        require_writer(request.user, workspace_id)
        return _created(request, serializer, data, workspace_id, None)


class SessionEndpointList(SessionView, GenericAPIView[Endpoint]):
    """Those of one session; its `webhook_defaults` stand in for what a new one leaves out."""

    scope = Scope.WEBHOOKS
    filter_backends = ()
    serializer_class = EndpointSerializer
    queryset = Endpoint.objects.none()  # for the OpenAPI description

    @extend_schema(
        summary="List a session's webhooks",
        description="Newest first. Webhooks of the whole workspace, which hear of it as well, are not listed here.",
        tags=TAGS,
        responses={
            200: EndpointSerializer(many=True),
            **refusals(e400="invalid_cursor invalid_limit", e404="session_not_found"),
        },
    )
    def get(self, request: Request, session_id: str) -> Response:
        rows = endpoints_visible(request.user).filter(session_id=self.session().pk)
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response([endpoint_payload(endpoint) for endpoint in page])

    @extend_schema(
        summary="Create a webhook of a session",
        description="It hears of this session only. What is left out comes from the session's `webhook_defaults`.",
        tags=TAGS,
        request=SessionEndpointCreateSerializer,
        responses={
            201: EndpointCreatedSerializer,
            **refusals(
                e400="validation_error", e403="role_too_low", e404="session_not_found", e409="too_many_webhooks"
            ),
        },
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        serializer = SessionEndpointCreateSerializer(data=request.data)
        data = valid(serializer)
        return _created(request, serializer, data, session.workspace_id, session)


class EndpointDetail(EndpointView):
    """One endpoint."""

    @extend_schema(summary="Read a webhook", tags=TAGS, responses={200: EndpointSerializer, **REFUSALS})
    def get(self, request: Request, webhook_id: str) -> Response:
        return Response(endpoint_payload(self.endpoint()))

    @extend_schema(
        summary="Change a webhook",
        description="What is left out stays, what is given is replaced as a whole. Deliveries go on in the new way "
        "within a second or two.",
        tags=TAGS,
        request=EndpointFieldsSerializer,
        responses={200: EndpointSerializer, **REFUSALS},
    )
    def patch(self, request: Request, webhook_id: str) -> Response:
        endpoint = self.endpoint()
        serializer = EndpointFieldsSerializer(data=request.data)
        data = valid(serializer)
        headers = _headers(data.pop("headers", None), headers_open(endpoint))
        credentials = _credentials(data, data.get("url", endpoint.url), endpoint)
        _require_admin_for_security(request, data.get("events", []), endpoint.workspace_id)
        services.endpoint_update(
            endpoint=endpoint, headers=headers, credentials=credentials, **serializer.to_fields(data)
        )
        return Response(endpoint_payload(endpoint))

    @extend_schema(
        summary="Delete a webhook",
        description="Its log goes with it. To keep that, disable it.",
        tags=TAGS,
        responses={204: None, **REFUSALS},
    )
    def delete(self, request: Request, webhook_id: str) -> Response:
        services.endpoint_delete(endpoint=self.endpoint())
        return Response(status=204)


class Enable(EndpointView):
    """POST."""

    @extend_schema(
        summary="Enable a webhook",
        description="By default it goes on where it stopped. 200 also when it was enabled.",
        tags=TAGS,
        request=EnableSerializer,
        responses={200: EndpointSerializer, **REFUSALS},
    )
    def post(self, request: Request, webhook_id: str) -> Response:
        endpoint = self.endpoint()
        services.endpoint_enable(endpoint=endpoint, **valid(EnableSerializer(data=request.data)))
        return Response(endpoint_payload(endpoint))


class Disable(EndpointView):
    """POST."""

    @extend_schema(
        summary="Disable a webhook",
        description="It keeps its place in the log, so that it can go on later.",
        tags=TAGS,
        request=None,
        responses={200: EndpointSerializer, **REFUSALS},
    )
    def post(self, request: Request, webhook_id: str) -> Response:
        endpoint = self.endpoint()
        services.endpoint_disable(endpoint=endpoint)
        return Response(endpoint_payload(endpoint))


class Figures(EndpointView):
    """GET."""

    @extend_schema(
        summary="Figures of a webhook",
        description="Success rate and latency of the last 24 hours, by the hour.",
        tags=TAGS,
        responses={200: FiguresSerializer, **REFUSALS},
    )
    def get(self, request: Request, webhook_id: str) -> Response:
        endpoint = self.endpoint()
        hours = figures_of(endpoint)
        head = last_sequences([endpoint.workspace_id])[endpoint.workspace_id]
        body = {"success_rate": success_rate(hours), "behind": max(0, head - endpoint.cursor)}
        return Response({**body, "hours": [{**each, "hour": iso(each["hour"])} for each in hours]})


def _created(
    request: Request,
    serializer: EndpointFieldsSerializer,
    data: dict[str, Any],
    workspace_id: uuid.UUID,
    session: Session | None,
) -> Response:
    defaults = session.webhook_defaults if session else {}
    headers = _headers(data.pop("headers", defaults.get("headers")), {}) or {}
    credentials = _credentials(data, data["url"])
    fields = {"patterns": defaults.get("events") or ["*"], **serializer.to_fields(data)}
    _require_admin_for_security(request, fields["patterns"], workspace_id)
    endpoint, secret = services.endpoint_create(
        workspace_id=workspace_id,
        session_id=session.pk if session else None,
        headers=headers,
        credentials=credentials,
        **fields,
    )
    location = f"/api/v1/webhooks/{endpoint.pk}"
    return Response({**endpoint_payload(endpoint), "secret": secret}, status=201, headers={"Location": location})


def _require_admin_for_security(request: Request, patterns: list[str], workspace_id: uuid.UUID) -> None:
    """Security events go to those who may hear of them anyway."""
    if any(map(names_security, patterns)) and workspace_id not in authority_of(request.user).workspaces(Scope.ADMIN):
        raise ApiError("role_too_low", "events: security events need the scope `admin`.", http_status=403)


def _headers(given: dict[str, str] | None, kept: dict[str, str]) -> dict[str, str] | None:
    try:
        return None if given is None else headers_check(given, kept)
    except BadHeader as error:
        raise ValidationError({"headers": [str(error)]}) from error


def _credentials(data: dict[str, Any], url: str, endpoint: Endpoint | None = None) -> Credentials | None:
    given: dict[str, str] = {name: data.pop(name) for name in ("username", "password") if name in data}
    try:
        return credentials_check(given, url, endpoint)
    except BadCredentials as error:
        raise ValidationError({error.field: [str(error)]}) from error

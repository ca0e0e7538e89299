"""The secrets of an endpoint."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.webhooks.payloads import secret_payload
from messaging.webhooks.secrets import secret_remove, secret_rotate
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_input import valid
from whatsapp_api.core.api_schema import refusals

from .answers import SecretCreatedSerializer, SecretListSerializer
from .base import TAGS, EndpointView
from .serializers import RotateSerializer

SCOPE = {"GET": Scope.WEBHOOKS, "POST": Scope.WEBHOOKS, "DELETE": Scope.WEBHOOKS}


class SecretList(EndpointView):
    """All of them, masked."""

    scope = SCOPE

    @extend_schema(
        summary="List the secrets of a webhook",
        tags=TAGS,
        responses={200: SecretListSerializer, **refusals(e403="role_too_low", e404="webhook_not_found")},
    )
    def get(self, request: Request, webhook_id: str) -> Response:
        return Response({"results": [secret_payload(secret) for secret in self.endpoint().secrets.all()]})

    @extend_schema(
        summary="Rotate the secret",
        description="Makes a new one, shown this once. Those before it sign as well for `overlap_hours`.",
        tags=TAGS,
        request=RotateSerializer,
        responses={
            201: SecretCreatedSerializer,
            **refusals(e400="validation_error", e403="role_too_low", e404="webhook_not_found", e409="too_many_secrets"),
        },
    )
    def post(self, request: Request, webhook_id: str) -> Response:
        endpoint = self.endpoint()
        return Response({"secret": secret_rotate(endpoint, **valid(RotateSerializer(data=request.data)))}, status=201)


class SecretDetail(EndpointView):
    """One of them."""

    scope = SCOPE

    @extend_schema(
        summary="Remove a secret",
        description="The last valid one stays: deliveries are always signed.",
        tags=TAGS,
        responses={
            204: None,
            **refusals(e403="role_too_low", e404="webhook_not_found secret_not_found", e409="last_secret"),
        },
    )
    def delete(self, request: Request, webhook_id: str, secret_id: str) -> Response:
        secret_remove(self.endpoint(), self.kwargs["secret_id"])
        return Response(status=204)

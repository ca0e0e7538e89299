"""The delivery log of an endpoint, and doing things again."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.webhooks import services
from messaging.webhooks.models import Delivery, DeliveryState
from messaging.webhooks.models.delivery import delivery_id
from messaging.webhooks.payloads import delivery_payload
from messaging.webhooks.request_shown import request_shown
from messaging.webhooks.selectors import delivery_get
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_input import valid
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.api_waiting import wait_for
from whatsapp_api.core.errors import Unavailable

from .answers import CountSerializer, DeliveryDetailSerializer, DeliverySerializer
from .base import TAGS, EndpointView
from .filters import DeliveryFilters
from .serializers import ReplayDeliveriesSerializer

REFUSALS: dict[int, Any] = refusals(e403="role_too_low", e404="webhook_not_found delivery_not_found")
# What was delivered is part of the configuration's secrets as far as answers of receivers go.
LOG_SCOPE = {"GET": Scope.WEBHOOKS, "POST": Scope.WEBHOOKS}
PING_EXTRA_SECONDS = 5.0


class DeliveryList(EndpointView, GenericAPIView[Delivery]):
    """The log."""

    scope = LOG_SCOPE
    filterset_class = DeliveryFilters
    serializer_class = DeliverySerializer
    queryset = Delivery.objects.none()  # for the OpenAPI description

    def get_queryset(self) -> QuerySet[Delivery]:
        return self.endpoint().deliveries.all()

    @extend_schema(
        summary="List deliveries",
        description="Newest event first. Kept WEBHOOK_LOG_DAYS; those that were given up as long as their events.",
        tags=TAGS,
        responses={
            200: DeliverySerializer(many=True),
            **refusals(e400="validation_error invalid_cursor invalid_limit", e404="webhook_not_found"),
        },
    )
    def get(self, request: Request, webhook_id: str) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([delivery_payload(delivery) for delivery in page])


class DeliveryDetail(EndpointView):
    """One delivery with its attempts."""

    scope = LOG_SCOPE

    @extend_schema(
        summary="Read a delivery",
        description="With the request as it was sent, secrets masked, and the attempts.",
        tags=TAGS,
        responses={200: DeliveryDetailSerializer, **REFUSALS},
    )
    def get(self, request: Request, webhook_id: str, delivery_id: str) -> Response:
        endpoint = self.endpoint()
        delivery = delivery_get(endpoint, self.kwargs["delivery_id"])
        shown = {"request": request_shown(endpoint, delivery), "log": delivery.log}
        return Response({**delivery_payload(delivery), **shown})


class DeliveryReplay(EndpointView):
    """POST."""

    @extend_schema(
        summary="Deliver once more",
        description="With the same delivery id and event id. 202: it is on its way; nothing changes for one that is.",
        tags=TAGS,
        request=None,
        responses={202: DeliverySerializer, **REFUSALS, **refusals(e409="webhook_disabled")},
    )
    def post(self, request: Request, webhook_id: str, delivery_id: str) -> Response:
        endpoint = self.endpoint()
        delivery = delivery_get(endpoint, self.kwargs["delivery_id"])
        services.deliveries_replay(endpoint=endpoint, rows=Delivery.objects.filter(pk=delivery.pk))
        delivery.refresh_from_db()
        return Response(delivery_payload(delivery), status=202)


class DeliveriesReplay(EndpointView):
    """POST."""

    @extend_schema(
        operation_id="webhooks_deliveries_replay_several",
        summary="Deliver several once more",
        description="Up to 500 by id, or all that were given up. Answers how many are on their way.",
        tags=TAGS,
        request=ReplayDeliveriesSerializer,
        responses={202: CountSerializer, **REFUSALS, **refusals(e400="validation_error", e409="webhook_disabled")},
    )
    def post(self, request: Request, webhook_id: str) -> Response:
        endpoint = self.endpoint()
        data = valid(ReplayDeliveriesSerializer(data=request.data))
        rows = Delivery.objects.filter(state=DeliveryState.DEAD)
        if "ids" in data:
            rows = Delivery.objects.filter(pk__in=data["ids"])
        return Response({"count": services.deliveries_replay(endpoint=endpoint, rows=rows)}, status=202)


class Ping(EndpointView):
    """POST."""

    @extend_schema(
        summary="Send a test event",
        description="Sends `webhook.ping` once, also to a disabled webhook, and answers with its delivery.",
        tags=TAGS,
        request=None,
        responses={200: DeliveryDetailSerializer, **REFUSALS, **refusals(e503="worker_unavailable")},
    )
    def post(self, request: Request, webhook_id: str) -> Response:
        endpoint = self.endpoint()
        event_id = services.ping_ask(endpoint=endpoint)
        wanted = Delivery.objects.filter(pk=delivery_id(endpoint.pk, event_id))
        delivery = wait_for(wanted.first, endpoint.timeout_seconds + PING_EXTRA_SECONDS)
        if delivery is None:
            raise Unavailable("worker_unavailable", "No worker sent the test event in time; try again in a moment.")
        shown = {"request": request_shown(endpoint, delivery), "log": delivery.log}
        return Response({**delivery_payload(delivery), **shown})

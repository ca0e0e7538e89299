"""Replays of a time range."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.webhooks import services
from messaging.webhooks.models import Replay
from messaging.webhooks.payloads import replay_payload
from messaging.webhooks.selectors import replay_get
from whatsapp_api.core.api_input import valid
from whatsapp_api.core.api_schema import refusals

from .answers import ReplaySerializer
from .base import TAGS, EndpointView
from .serializers import ReplayCreateSerializer


class ReplayList(EndpointView, GenericAPIView[Replay]):
    """The collection."""

    filter_backends = ()
    serializer_class = ReplaySerializer
    queryset = Replay.objects.none()  # for the OpenAPI description

    def get_queryset(self) -> QuerySet[Replay]:
        return self.endpoint().replays.all()

    @extend_schema(
        summary="List replays",
        tags=TAGS,
        responses={
            200: ReplaySerializer(many=True),
            **refusals(e400="invalid_cursor invalid_limit", e404="webhook_not_found"),
        },
    )
    def get(self, request: Request, webhook_id: str) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([replay_payload(replay) for replay in page])

    @extend_schema(
        summary="Replay a time range",
        description="Delivers all events of the range once more, in the background, as far as the log goes back. "
        "Each keeps its event id and delivery id. 202: see `progress`.",
        tags=TAGS,
        request=ReplayCreateSerializer,
        responses={
            202: ReplaySerializer,
            **refusals(
                e400="validation_error",
                e403="role_too_low",
                e404="webhook_not_found",
                e409="webhook_disabled replay_running",
            ),
        },
    )
    def post(self, request: Request, webhook_id: str) -> Response:
        endpoint = self.endpoint()
        data = valid(ReplayCreateSerializer(data=request.data))
        replay = services.replay_create(
            endpoint=endpoint,
            since=data["since"],
            until=data.get("until") or timezone.now(),
            patterns=data.get("events", []),
        )
        return Response(replay_payload(replay), status=202, headers={"Location": f"{request.path}/{replay.pk}"})


class ReplayDetail(EndpointView):
    """One replay."""

    @extend_schema(
        summary="Read a replay",
        tags=TAGS,
        responses={200: ReplaySerializer, **refusals(e404="webhook_not_found replay_not_found")},
    )
    def get(self, request: Request, webhook_id: str, replay_id: str) -> Response:
        return Response(replay_payload(replay_get(self.endpoint(), self.kwargs["replay_id"])))

    @extend_schema(
        summary="Cancel a replay",
        description="What is under way is still delivered. 200 also when it was over.",
        tags=TAGS,
        responses={200: ReplaySerializer, **refusals(e403="role_too_low", e404="webhook_not_found replay_not_found")},
    )
    def delete(self, request: Request, webhook_id: str, replay_id: str) -> Response:
        replay = replay_get(self.endpoint(), self.kwargs["replay_id"])
        services.replay_cancel(replay=replay)
        replay.refresh_from_db()
        return Response(replay_payload(replay))

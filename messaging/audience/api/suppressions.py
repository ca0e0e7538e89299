"""Whom nobody writes to, over REST."""

import uuid

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.addresses import BadAddress, canonical_jid
from messaging.audience import services
from messaging.audience.models import Suppression, SuppressionSource
from messaging.audience.payloads import suppression_payload
from whatsapp_api.core.api_filters import StrictFilterSet
from whatsapp_api.core.api_input import valid
from whatsapp_api.core.api_schema import refusals

from .base import PAGES, TAGS, Collection, Item
from .serializers import SuppressionCreateSerializer, SuppressionSerializer


class SuppressionFilters(StrictFilterSet):
    source = django_filters.ChoiceFilter(choices=SuppressionSource.choices)
    to = django_filters.CharFilter(method="about", label="A phone number or chat id.")

    class Meta:
        model = Suppression
        fields = ()

    def about(self, rows: QuerySet[Suppression], name: str, value: str) -> QuerySet[Suppression]:
        try:
            return rows.filter(jid=canonical_jid(value))
        except BadAddress:
            return rows.none()


class SuppressionList(Collection[Suppression]):
    """The collection."""

    model = Suppression
    queryset = Suppression.objects.none()
    filterset_class = SuppressionFilters
    serializer_class = SuppressionSerializer

    @extend_schema(summary="List suppressions", tags=TAGS, responses={200: SuppressionSerializer(many=True), **PAGES})
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([suppression_payload(row) for row in page])

    @extend_schema(
        summary="Send somebody no broadcasts",
        description="201, or 200 when it was so already. Messages sent to them alone are not held back.",
        tags=TAGS,
        request=SuppressionCreateSerializer,
        responses={
            200: SuppressionSerializer,
            201: SuppressionSerializer,
            **refusals(e400="validation_error no_workspace", e403="role_too_low"),
        },
    )
    def post(self, request: Request) -> Response:
        body = valid(SuppressionCreateSerializer(data=request.data))
        workspace_id = self.workspace(request, body.get("workspace"))
        new = services.suppress(workspace_id, body["to"], source=SuppressionSource.MANUAL, reason=body["reason"])
        row = Suppression.objects.get(workspace_id=workspace_id, jid=body["to"])
        return Response(suppression_payload(row), 201 if new else 200)


class SuppressionDetail(Item):
    """One of them."""

    model, noun = Suppression, "suppression"

    @extend_schema(
        summary="Allow broadcasts again",
        tags=TAGS,
        responses={204: None, **refusals(e403="role_too_low", e404="suppression_not_found")},
    )
    def delete(self, request: Request, suppression_id: uuid.UUID) -> Response:
        self.row().delete()
        return Response(status=204)

"""Addressees over REST."""

import uuid
from typing import Any

import django_filters
from django.db import IntegrityError
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.audience.models import Addressee, Segment
from messaging.audience.payloads import addressee_payload
from messaging.audience.segments import matching
from messaging.audience.selectors import row_get
from sessions_app.labels import label_pattern, labels_join
from whatsapp_api.core.api_filters import StrictFilterSet
from whatsapp_api.core.api_input import valid
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.errors import Conflict

from .base import PAGES, TAGS, Collection, Item
from .serializers import AddresseeCreateSerializer, AddresseeFieldsSerializer, AddresseeSerializer


class AddresseeFilters(StrictFilterSet):
    q = django_filters.CharFilter(method="search", label="A part of the name or number.")
    tag = django_filters.CharFilter(method="tagged", label="With this tag.")
    list = django_filters.UUIDFilter(field_name="memberships__list_id", label="On this list.")
    segment = django_filters.UUIDFilter(method="fitting", label="Who fits this saved filter.")

    class Meta:
        model = Addressee
        fields = ()

    def search(self, rows: QuerySet[Addressee], name: str, value: str) -> QuerySet[Addressee]:
        return rows.filter(Q(name__icontains=value) | Q(jid__contains=value.lstrip("+").replace(" ", "")))

    def tagged(self, rows: QuerySet[Addressee], name: str, value: str) -> QuerySet[Addressee]:
        return rows.filter(tag_text__contains=label_pattern(value))

    def fitting(self, rows: QuerySet[Addressee], name: str, value: uuid.UUID) -> QuerySet[Addressee]:
        assert self.request is not None
        segment = row_get(Segment, self.request.user, value, noun="segment")
        return matching(rows.filter(workspace_id=segment.workspace_id), segment.rules)


class AddresseeList(Collection[Addressee]):
    """The collection."""

    model = Addressee
    queryset = Addressee.objects.none()  # for the OpenAPI description
    filterset_class = AddresseeFilters
    serializer_class = AddresseeSerializer

    @extend_schema(
        summary="List addressees",
        tags=TAGS,
        responses={200: AddresseeSerializer(many=True), **PAGES, **refusals(e404="segment_not_found")},
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([addressee_payload(row) for row in page])

    @extend_schema(
        summary="Add an addressee",
        tags=TAGS,
        request=AddresseeCreateSerializer,
        responses={
            201: AddresseeSerializer,
            **refusals(e400="validation_error no_workspace", e403="role_too_low", e409="addressee_exists"),
        },
    )
    def post(self, request: Request) -> Response:
        body = valid(AddresseeCreateSerializer(data=request.data))
        workspace_id = self.workspace(request, body.pop("workspace", None))
        row = Addressee(workspace_id=workspace_id, jid=body.pop("to"))
        try:
            if Addressee.objects.filter(workspace_id=workspace_id, jid=row.jid).exists():
                raise IntegrityError
            _set(row, body).save(force_insert=True)
        except IntegrityError as error:
            raise Conflict("addressee_exists", "This number is there already; change that one.") from error
        return Response(addressee_payload(row), 201, headers={"Location": f"{request.path}/{row.pk}"})


class AddresseeDetail(Item):
    """One of them."""

    model, noun = Addressee, "addressee"

    @extend_schema(
        summary="Read an addressee",
        tags=TAGS,
        responses={200: AddresseeSerializer, **refusals(e404="addressee_not_found")},
    )
    def get(self, request: Request, addressee_id: uuid.UUID) -> Response:
        return Response(addressee_payload(self.row()))

    @extend_schema(
        summary="Change an addressee",
        tags=TAGS,
        request=AddresseeFieldsSerializer,
        responses={
            200: AddresseeSerializer,
            **refusals(e400="validation_error", e403="role_too_low", e404="addressee_not_found"),
        },
    )
    def patch(self, request: Request, addressee_id: uuid.UUID) -> Response:
        row = _set(self.row(), valid(AddresseeFieldsSerializer(data=request.data)))
        row.save()
        return Response(addressee_payload(row))

    @extend_schema(
        summary="Remove an addressee",
        description="From all lists as well. Whether they may be written to is another matter: see suppressions.",
        tags=TAGS,
        responses={204: None, **refusals(e403="role_too_low", e404="addressee_not_found")},
    )
    def delete(self, request: Request, addressee_id: uuid.UUID) -> Response:
        self.row().delete()
        return Response(status=204)


def _set(row: Addressee, fields: dict[str, Any]) -> Addressee:
    if "tags" in fields:
        row.tag_text = labels_join(fields.pop("tags"))
    for name, value in fields.items():
        setattr(row, name, value)
    return row

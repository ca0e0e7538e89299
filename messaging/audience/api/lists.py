"""Lists and saved filters over REST."""

import uuid
from typing import Any

from django.db import IntegrityError
from django.db.models import Count
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.audience import services
from messaging.audience.models import Addressee, RecipientList, Segment
from messaging.audience.payloads import list_payload, segment_payload
from messaging.audience.removing import list_delete
from messaging.audience.selectors import addressees_of_segment
from messaging.audience.tasks import list_delete_task
from messaging.tasks import start
from whatsapp_api.core.api_input import valid
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.errors import Conflict

from .base import PAGES, TAGS, Collection, Item
from .serializers import (
    ChangedSerializer,
    ListCreateSerializer,
    ListFieldsSerializer,
    MembersSerializer,
    RecipientListSerializer,
    SegmentCountSerializer,
    SegmentCreateSerializer,
    SegmentFieldsSerializer,
    SegmentSerializer,
)

CREATE: dict[int, Any] = refusals(e400="validation_error no_workspace", e403="role_too_low", e409="name_taken")
CHANGE_LIST: dict[int, Any] = refusals(e400="validation_error", e403="role_too_low", e404="list_not_found")
CHANGE_SEGMENT: dict[int, Any] = refusals(
    e400="validation_error", e403="role_too_low", e404="segment_not_found", e409="name_taken"
)


class ListList(Collection[RecipientList]):
    """The collection of lists."""

    model = RecipientList
    queryset = RecipientList.objects.none()
    serializer_class = RecipientListSerializer

    @extend_schema(summary="List lists", tags=TAGS, responses={200: RecipientListSerializer(many=True), **PAGES})
    def get(self, request: Request) -> Response:
        rows = self.get_queryset().annotate(count=Count("members"))
        return self.get_paginated_response([list_payload(row, row.count) for row in self.paginate_queryset(rows) or []])

    @extend_schema(
        summary="Create a list",
        tags=TAGS,
        request=ListCreateSerializer,
        responses={201: RecipientListSerializer, **CREATE},
    )
    def post(self, request: Request) -> Response:
        body = valid(ListCreateSerializer(data=request.data))
        workspace_id = self.workspace(request, body.pop("workspace", None))
        row = RecipientList(workspace_id=workspace_id, **body)
        _saved(row, new=True)
        return Response(list_payload(row, 0), 201, headers={"Location": f"{request.path}/{row.pk}"})


class ListDetail(Item):
    """One list."""

    model, noun = RecipientList, "list"

    @extend_schema(
        summary="Read a list", tags=TAGS, responses={200: RecipientListSerializer, **refusals(e404="list_not_found")}
    )
    def get(self, request: Request, recipient_list_id: uuid.UUID) -> Response:
        row = self.row()
        return Response(list_payload(row, row.members.count()))

    @extend_schema(
        summary="Rename a list",
        tags=TAGS,
        request=ListFieldsSerializer,
        responses={200: RecipientListSerializer, **CHANGE_LIST, **refusals(e409="name_taken")},
    )
    def patch(self, request: Request, recipient_list_id: uuid.UUID) -> Response:
        row = self.row()
        row.name = valid(ListFieldsSerializer(data=request.data))["name"]
        _saved(row)
        return Response(list_payload(row, row.members.count()))

    @extend_schema(
        summary="Delete a list",
        description="The addressees on it stay. It is gone at once; the rows of a large one follow in the background.",
        tags=TAGS,
        responses={204: None, **refusals(e403="role_too_low", e404="list_not_found")},
    )
    def delete(self, request: Request, recipient_list_id: uuid.UUID) -> Response:
        row = self.row()
        if list_delete(row):
            start(list_delete_task, str(row.pk))
        return Response(status=204)


class ListMembers(Item):
    """Who is on a list; `GET /audience/contacts?list=` shows them."""

    model, noun = RecipientList, "list"

    @extend_schema(
        summary="Put addressees on a list",
        tags=TAGS,
        request=MembersSerializer,
        responses={200: ChangedSerializer, **CHANGE_LIST},
    )
    def post(self, request: Request, recipient_list_id: uuid.UUID) -> Response:
        row, ids = self.row(), valid(MembersSerializer(data=request.data))["addressees"]
        known = set(Addressee.objects.filter(workspace_id=row.workspace_id, pk__in=ids).values_list("pk", flat=True))
        if missing := [str(pk) for pk in ids if pk not in known]:
            raise ValidationError({"addressees": [f"There is no addressee {missing[0]} in the list's workspace."]})
        return Response({"changed": services.list_add(row.pk, ids)})

    @extend_schema(
        summary="Take addressees off a list",
        tags=TAGS,
        request=MembersSerializer,
        responses={200: ChangedSerializer, **CHANGE_LIST},
    )
    def delete(self, request: Request, recipient_list_id: uuid.UUID) -> Response:
        row, ids = self.row(), valid(MembersSerializer(data=request.data))["addressees"]
        return Response({"changed": services.list_remove(row.pk, ids)})


class SegmentList(Collection[Segment]):
    """The collection of saved filters."""

    model = Segment
    queryset = Segment.objects.none()
    serializer_class = SegmentSerializer

    @extend_schema(summary="List segments", tags=TAGS, responses={200: SegmentSerializer(many=True), **PAGES})
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([segment_payload(row) for row in page])

    @extend_schema(
        summary="Save a filter",
        tags=TAGS,
        request=SegmentCreateSerializer,
        responses={201: SegmentSerializer, **CREATE},
    )
    def post(self, request: Request) -> Response:
        body = valid(SegmentCreateSerializer(data=request.data))
        workspace_id = self.workspace(request, body.pop("workspace", None))
        row = Segment(workspace_id=workspace_id, name=body["name"], rules=dict(body["rules"]))
        _saved(row, new=True)
        return Response(segment_payload(row), 201, headers={"Location": f"{request.path}/{row.pk}"})


class SegmentDetail(Item):
    """One saved filter."""

    model, noun = Segment, "segment"

    @extend_schema(
        summary="Read a segment", tags=TAGS, responses={200: SegmentSerializer, **refusals(e404="segment_not_found")}
    )
    def get(self, request: Request, segment_id: uuid.UUID) -> Response:
        return Response(segment_payload(self.row()))

    @extend_schema(
        summary="Change a segment",
        tags=TAGS,
        request=SegmentFieldsSerializer,
        responses={200: SegmentSerializer, **CHANGE_SEGMENT},
    )
    def put(self, request: Request, segment_id: uuid.UUID) -> Response:
        row, body = self.row(), valid(SegmentFieldsSerializer(data=request.data))
        row.name, row.rules = body["name"], dict(body["rules"])
        _saved(row)
        return Response(segment_payload(row))

    @extend_schema(
        summary="Delete a segment",
        tags=TAGS,
        responses={204: None, **refusals(e403="role_too_low", e404="segment_not_found")},
    )
    def delete(self, request: Request, segment_id: uuid.UUID) -> Response:
        self.row().delete()
        return Response(status=204)


class SegmentCount(Item):
    """Who fits a saved filter now."""

    model, noun = Segment, "segment"

    @extend_schema(
        summary="Count a segment",
        tags=TAGS,
        responses={200: SegmentCountSerializer, **refusals(e404="segment_not_found")},
    )
    def get(self, request: Request, segment_id: uuid.UUID) -> Response:
        return Response({"count": addressees_of_segment(self.row()).count()})


@retry_conflicts
def _saved(row: RecipientList | Segment, *, new: bool = False) -> None:
    others = type(row)._default_manager.filter(workspace_id=row.workspace_id, name=row.name).exclude(pk=row.pk)
    try:
        if others.exists():
            raise IntegrityError
        with atomic():
            row.save(force_insert=new)
    except IntegrityError as error:
        raise Conflict("name_taken", "There is one of this name already; choose another.") from error

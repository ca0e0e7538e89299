"""Removing many contacts over REST."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.audience.models import RecipientList, Removal, RemovalState, Segment
from messaging.audience.payloads import removal_payload
from messaging.audience.removing import removal_create
from messaging.audience.tasks import removal_run_task
from messaging.tasks import start
from whatsapp_api.core.api_input import valid
from whatsapp_api.core.api_schema import refusals

from .base import PAGES, TAGS, Collection, Item


class RemovalCreateSerializer(serializers.Serializer[Any]):
    """Exactly one of the three."""

    workspace = serializers.UUIDField(required=False, help_text="One of yours; by default your oldest.")
    list = serializers.UUIDField(required=False, help_text="Everybody on this list.")
    segment = serializers.UUIDField(required=False, help_text="Everybody who fits this saved filter now.")
    everybody = serializers.BooleanField(required=False, help_text="All contacts of the workspace.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(bool(attrs.get(name)) for name in ("list", "segment", "everybody")) != 1:
            raise serializers.ValidationError("Say whom: give one of `list`, `segment` and `everybody`.")
        return attrs


class RemovalSerializer(serializers.Serializer[Any]):
    """Contacts on their way out."""

    id = serializers.UUIDField()
    workspace = serializers.UUIDField()
    which = serializers.DictField()
    state = serializers.ChoiceField(RemovalState.choices)
    removed = serializers.IntegerField()
    total = serializers.IntegerField(help_text="As counted at the beginning.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class RemovalList(Collection[Removal]):
    """The collection."""

    model = Removal
    queryset = Removal.objects.none()
    serializer_class = RemovalSerializer

    @extend_schema(summary="List removals", tags=TAGS, responses={200: RemovalSerializer(many=True), **PAGES})
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([removal_payload(row) for row in page])

    @extend_schema(
        summary="Remove many contacts",
        description="In the background; cannot be undone. Contacts that are added meanwhile stay, and so does whoever "
        "is on the suppression list.",
        tags=TAGS,
        request=RemovalCreateSerializer,
        responses={202: RemovalSerializer, **refusals(e400="validation_error no_workspace", e403="role_too_low")},
    )
    def post(self, request: Request) -> Response:
        body = valid(RemovalCreateSerializer(data=request.data))
        workspace_id = self.workspace(request, body.pop("workspace", None))
        which = {name: True if value is True else str(value) for name, value in body.items() if value}
        _require_there(workspace_id, which)
        row = removal_create(workspace_id, which)
        start(removal_run_task, str(row.pk))
        return Response(removal_payload(row), 202, headers={"Location": f"{request.path}/{row.pk}"})


class RemovalDetail(Item):
    """One of them."""

    model, noun = Removal, "removal"

    @extend_schema(
        summary="Watch a removal", tags=TAGS, responses={200: RemovalSerializer, **refusals(e404="removal_not_found")}
    )
    def get(self, request: Request, removal_id: uuid.UUID) -> Response:
        return Response(removal_payload(self.row()))


def _require_there(workspace_id: uuid.UUID, which: dict[str, Any]) -> None:
    lists = RecipientList.objects.filter(workspace_id=workspace_id, deleted_at=None)
    if "list" in which and not lists.filter(pk=which["list"]).exists():
        raise ValidationError({"list": ["There is no such list in this workspace."]})
    if "segment" in which and not Segment.objects.filter(workspace_id=workspace_id, pk=which["segment"]).exists():
        raise ValidationError({"segment": ["There is no such segment in this workspace."]})

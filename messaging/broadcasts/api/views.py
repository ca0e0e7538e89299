"""Broadcasts over REST."""

import uuid
from typing import Any

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.audience.api.base import PAGES, Collection, Item
from messaging.broadcasts import services
from messaging.broadcasts.check_job import Look, check_ask, is_alive
from messaging.broadcasts.checking import content_problems
from messaging.broadcasts.estimating import estimate
from messaging.broadcasts.linking import previews_missing
from messaging.broadcasts.models import ACTIVE, Broadcast, BroadcastState
from messaging.broadcasts.payloads import broadcast_payload, counts_of_many
from messaging.broadcasts.tasks import broadcasts_sweep, check_task, previews_task
from messaging.tasks import start
from sessions_app.models import Session
from whatsapp_api.core.api_filters import StrictFilterSet
from whatsapp_api.core.api_input import valid
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.errors import ApiError, Conflict

from .drafts import PACE, columns_of
from .serializers import (
    BroadcastCreateSerializer,
    BroadcastSerializer,
    BroadcastUpdateSerializer,
    CheckSerializer,
    RetriedSerializer,
)

TAGS = ["Broadcasts"]
GONE: dict[int, Any] = refusals(e404="broadcast_not_found")
STEP: dict[int, Any] = refusals(e403="role_too_low", e404="broadcast_not_found", e409="broadcast_state")


class BroadcastFilters(StrictFilterSet):
    state = django_filters.ChoiceFilter(choices=BroadcastState.choices)
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="A part of its name.")
    series = django_filters.UUIDFilter(field_name="series_id", label="Made by this recurring one.")

    class Meta:
        model = Broadcast
        fields = ()


class BroadcastList(Collection[Broadcast]):
    """The collection."""

    model = Broadcast
    queryset = Broadcast.objects.none()
    filterset_class = BroadcastFilters
    serializer_class = BroadcastSerializer

    @extend_schema(
        summary="List broadcasts",
        description="Newest first.",
        tags=TAGS,
        responses={200: BroadcastSerializer(many=True), **PAGES},
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        counts = counts_of_many([row.pk for row in page])
        return self.get_paginated_response([broadcast_payload(row, counts[row.pk]) for row in page])

    @extend_schema(
        summary="Draft a broadcast",
        description="Nothing leaves before `launch`.",
        tags=TAGS,
        request=BroadcastCreateSerializer,
        responses={
            201: BroadcastSerializer,
            **refusals(e400="validation_error no_workspace", e403="role_too_low", e404="template_not_found"),
        },
    )
    def post(self, request: Request) -> Response:
        body = valid(BroadcastCreateSerializer(data=request.data))
        workspace_id = self.workspace(request, body.pop("workspace", None))
        row = Broadcast(workspace_id=workspace_id, **{"pace": PACE, **columns_of(workspace_id, body)})
        _require_sense(row)
        row.save(force_insert=True)
        _look_up(row)
        return Response(broadcast_payload(row), 201, headers={"Location": f"{request.path}/{row.pk}"})


class BroadcastItem(Item):
    """One broadcast."""

    model, noun = Broadcast, "broadcast"


class BroadcastDetail(BroadcastItem):
    """Reading, changing and removing one."""

    @extend_schema(summary="Read a broadcast", tags=TAGS, responses={200: BroadcastSerializer, **GONE})
    def get(self, request: Request, broadcast_id: uuid.UUID) -> Response:
        return Response(broadcast_payload(self.row()))

    @extend_schema(
        summary="Change a draft",
        tags=TAGS,
        request=BroadcastUpdateSerializer,
        responses={
            200: BroadcastSerializer,
            **refusals(
                e400="validation_error",
                e403="role_too_low",
                e404="broadcast_not_found template_not_found",
                e409="broadcast_state",
            ),
        },
    )
    def patch(self, request: Request, broadcast_id: uuid.UUID) -> Response:
        row, body = self.row(), valid(BroadcastUpdateSerializer(data=request.data))
        columns = columns_of(row.workspace_id, body)
        if not columns:
            raise ValidationError({"non_field_errors": ["Give at least one field to change."]})
        for name, value in columns.items():
            setattr(row, name, value)
        _require_sense(row)
        row = services.broadcast_update(row, **columns)
        _look_up(row)
        return Response(broadcast_payload(row))

    @extend_schema(
        summary="Delete a broadcast",
        description="With what is known of its recipients; their messages stay. Cancel it first while it is active. "
        "A large one is gone at once; what is kept of it follows in the background.",
        tags=TAGS,
        responses={204: None, **STEP},
    )
    def delete(self, request: Request, broadcast_id: uuid.UUID) -> Response:
        row = self.row()
        if row.state in ACTIVE:
            raise Conflict("broadcast_state", f"It is {row.state}: cancel it first.")
        if services.broadcast_delete(row):
            start(broadcasts_sweep)
        return Response(status=204)


class BroadcastCheck(BroadcastItem):
    """Looking before launching."""

    @extend_schema(
        summary="Check a broadcast",
        description="Walks through the whole audience: who lacks a variable, who opted out, what is wrong. 202 while "
        "that runs in the background, which it does for an audience of more than 2,000: ask again. Its answer is kept "
        "for an hour, as long as the draft stays the same.",
        tags=TAGS,
        responses={200: CheckSerializer, 202: CheckSerializer, **GONE},
    )
    def get(self, request: Request, broadcast_id: uuid.UUID) -> Response:
        return _checked(self.row())

    @extend_schema(
        summary="Check a broadcast anew",
        description="As `GET`, whatever was found before: for when contacts have changed.",
        tags=TAGS,
        request=None,
        responses={200: CheckSerializer, 202: CheckSerializer, **STEP},
    )
    def post(self, request: Request, broadcast_id: uuid.UUID) -> Response:
        return _checked(self.row(), anew=True)


class BroadcastLaunch(BroadcastItem):
    """Beginning."""

    @extend_schema(
        summary="Launch a broadcast",
        description="At once, or at its time. Refused unless `check` is ok; a large audience has to be checked before.",
        tags=TAGS,
        request=None,
        responses={
            200: BroadcastSerializer,
            **refusals(
                e403="role_too_low",
                e404="broadcast_not_found",
                e409="broadcast_state broadcast_incomplete broadcast_unchecked",
            ),
        },
    )
    def post(self, request: Request, broadcast_id: uuid.UUID) -> Response:
        row = self.row()
        if row.state == BroadcastState.DRAFT:
            _require_ready(row)
        return Response(broadcast_payload(services.broadcast_launch(row)))


class BroadcastPause(BroadcastItem):
    """Holding."""

    @extend_schema(
        summary="Pause a broadcast",
        description="Each session sends at most the message that is under way.",
        tags=TAGS,
        request=None,
        responses={200: BroadcastSerializer, **STEP},
    )
    def post(self, request: Request, broadcast_id: uuid.UUID) -> Response:
        return Response(broadcast_payload(services.broadcast_pause(self.row())))


class BroadcastResume(BroadcastItem):
    """Going on."""

    @extend_schema(summary="Resume a broadcast", tags=TAGS, request=None, responses={200: BroadcastSerializer, **STEP})
    def post(self, request: Request, broadcast_id: uuid.UUID) -> Response:
        return Response(broadcast_payload(services.broadcast_resume(self.row())))


class BroadcastCancel(BroadcastItem):
    """Giving up."""

    @extend_schema(
        summary="Cancel a broadcast",
        description="Whoever has not got it will not get it. This cannot be undone; a clone is a new one.",
        tags=TAGS,
        request=None,
        responses={200: BroadcastSerializer, **STEP},
    )
    def post(self, request: Request, broadcast_id: uuid.UUID) -> Response:
        return Response(broadcast_payload(services.broadcast_cancel(self.row())))


class BroadcastRetry(BroadcastItem):
    """Once more for those that failed."""

    @extend_schema(
        summary="Retry the failed",
        description="Recipients in state `failed`, and only those, are pending again.",
        tags=TAGS,
        request=None,
        responses={200: RetriedSerializer, **STEP},
    )
    def post(self, request: Request, broadcast_id: uuid.UUID) -> Response:
        return Response({"retried": services.broadcast_retry(self.row())})


class BroadcastClone(BroadcastItem):
    """The same once more."""

    @extend_schema(
        summary="Clone a broadcast",
        description="A new draft with the same settings, without a time.",
        tags=TAGS,
        request=None,
        responses={201: BroadcastSerializer, **refusals(e403="role_too_low", e404="broadcast_not_found")},
    )
    def post(self, request: Request, broadcast_id: uuid.UUID) -> Response:
        row = self.row()
        return Response(broadcast_payload(services.broadcast_clone(row, name=f"{row.name[:90]} (copy)")), 201)


def _require_sense(row: Broadcast) -> None:
    """What is wrong in itself is refused at once; what is still missing only at the launch."""
    if row.recurrence and row.scheduled_at is None:
        raise ValidationError({"scheduled_at": ["Say when it happens for the first time."]})
    if row.variants and (problems := content_problems(row)):
        raise ValidationError(problems)


def _look_up(row: Broadcast) -> None:
    """So that people see the previews of links before anything leaves."""
    if previews_missing(row):
        start(previews_task, str(row.pk))


def _look(row: Broadcast, *, anew: bool = False) -> Look:
    look, report = check_ask(row, anew=anew)
    if report is None and not is_alive(look):
        start(check_task, str(row.pk))
    return look, report


def _checked(row: Broadcast, *, anew: bool = False) -> Response:
    look, report = _look(row, anew=anew)
    about = {"state": look.state, "done": look.done, "total": look.total}
    if report is None:
        return Response(about, 202)
    sessions = Session.objects.filter(workspace_id=row.workspace_id, pk__in=row.session_ids, deleted_at=None)
    reached = report.recipients - report.suppressed
    seconds = estimate(row, sessions, reached, report.first_contacts, timezone.now())
    return Response({**about, "ok": report.ok, **report.as_dict(), "seconds": seconds})


def _require_ready(row: Broadcast) -> None:
    look, report = _look(row)
    if report is None:
        text = f"Its audience is being checked ({look.done} of {look.total}): launch it when GET {{id}}/check is done."
        raise Conflict("broadcast_unchecked", text)
    if report.ok:
        return
    said = "; ".join(f"{name}: {texts[0]}" for name, texts in report.problems.items())
    lack = f"{report.incomplete} recipients lack a variable: see GET {{id}}/check." if report.incomplete else ""
    raise ApiError("broadcast_incomplete", f"{said} {lack}".strip(), http_status=409)

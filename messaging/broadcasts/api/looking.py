"""Seeing what a broadcast says, where its recipients stand, and how it goes."""

import uuid

import django_filters
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from messaging.api.serializers import MessageSerializer
from messaging.audience.api.base import PAGES
from messaging.audience.models import Addressee
from messaging.audience.selectors import row_get, visible
from messaging.broadcasts.calendar import MOST as PLANNED
from messaging.broadcasts.calendar import planned_between
from messaging.broadcasts.insight import insight
from messaging.broadcasts.models import Broadcast, BroadcastRecipient, RecipientState
from messaging.broadcasts.payloads import recipient_payload
from messaging.broadcasts.reports import report_csv, report_xlsx
from messaging.broadcasts.trying import filled, sample_send, shown
from messaging.payloads import message_payload
from sessions_app.models import Session
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_filters import StrictFilterSet
from whatsapp_api.core.api_input import valid, valid_query
from whatsapp_api.core.api_schema import refusals

from .serializers import (
    BroadcastPreviewSerializer,
    BroadcastRecipientSerializer,
    CalendarSerializer,
    ForContactSerializer,
    InsightSerializer,
    SpanSerializer,
    TestSendSerializer,
)
from .views import GONE, TAGS, BroadcastItem

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RecipientFilters(StrictFilterSet):
    state = django_filters.ChoiceFilter(choices=RecipientState.choices)
    reason = django_filters.CharFilter()
    session = django_filters.UUIDFilter(field_name="session_id")
    variant = django_filters.NumberFilter()

    class Meta:
        model = BroadcastRecipient
        fields = ()


class BroadcastRecipients(GenericAPIView[BroadcastRecipient]):
    """Its recipients."""

    scope = Scope.SEND
    queryset = BroadcastRecipient.objects.none()
    filterset_class = RecipientFilters
    serializer_class = BroadcastRecipientSerializer

    def get_queryset(self) -> QuerySet[BroadcastRecipient]:
        if getattr(self, "swagger_fake_view", False):
            return BroadcastRecipient.objects.none()
        row = row_get(Broadcast, self.request.user, self.kwargs["broadcast_id"], noun="broadcast")
        return BroadcastRecipient.objects.filter(broadcast=row).order_by("-id")

    @extend_schema(
        summary="List recipients", tags=TAGS, responses={200: BroadcastRecipientSerializer(many=True), **PAGES, **GONE}
    )
    def get(self, request: Request, broadcast_id: uuid.UUID) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([recipient_payload(row) for row in page])


class BroadcastCalendar(APIView):
    """What is planned."""

    scope = Scope.SEND

    @extend_schema(
        summary="See what is planned",
        description="Times at which broadcasts begin or began, those of recurring ones to come included; by time.",
        tags=TAGS,
        parameters=[SpanSerializer],
        responses={200: CalendarSerializer, **refusals(e400="validation_error")},
    )
    def get(self, request: Request) -> Response:
        span = valid_query(SpanSerializer, request.query_params)
        rows = visible(Broadcast, request.user)
        if "workspace" in span:
            rows = rows.filter(workspace_id=span["workspace"])
        planned = planned_between(rows, span["since"], span["until"])
        return Response({"results": planned[:PLANNED], "more": len(planned) > PLANNED})


class BroadcastProgress(BroadcastItem):
    """How it goes."""

    @extend_schema(
        summary="Watch a broadcast",
        description="Counts, rate, expected end, reasons, what holds each session up, and a timeline.",
        tags=TAGS,
        responses={200: InsightSerializer, **GONE},
    )
    def get(self, request: Request, broadcast_id: uuid.UUID) -> Response:
        return Response(insight(self.row()))


class BroadcastPreview(BroadcastItem):
    """What one contact would read."""

    @extend_schema(
        summary="Preview a broadcast",
        tags=TAGS,
        request=ForContactSerializer,
        responses={
            200: BroadcastPreviewSerializer,
            **refusals(e400="validation_error", e403="role_too_low", e404="broadcast_not_found"),
        },
    )
    def post(self, request: Request, broadcast_id: uuid.UUID) -> Response:
        row, body = self.row(), valid(ForContactSerializer(data=request.data))
        return Response(shown(row, filled(row, body["variant"], _contact(row, body["contact"]))))


class BroadcastTest(BroadcastItem):
    """Trying it on a phone."""

    @extend_schema(
        summary="Send a test",
        description="One message at once, to the session's own number unless `to` says another.",
        tags=TAGS,
        request=TestSendSerializer,
        responses={
            202: MessageSerializer,
            **refusals(
                e400="validation_error",
                e403="role_too_low",
                e404="broadcast_not_found",
                e409="session_not_connected",
                e429="queue_full",
                e501="unsupported",
            ),
        },
    )
    def post(self, request: Request, broadcast_id: uuid.UUID) -> Response:
        row, body = self.row(), valid(TestSendSerializer(data=request.data))
        session = _session(row, body.get("session"))
        message = sample_send(
            row,
            session=session,
            to=body.get("to") or session.jid,
            number=body["variant"],
            addressee=_contact(row, body["contact"]),
        )
        return Response(message_payload(message), 202)


class BroadcastReportCsv(BroadcastItem):
    """A table for people."""

    @extend_schema(
        summary="Download the report as CSV", tags=TAGS, responses={(200, "text/csv"): OpenApiTypes.STR, **GONE}
    )
    def get(self, request: Request, broadcast_id: uuid.UUID) -> StreamingHttpResponse:
        row = self.row()
        headers = {"Content-Disposition": f'attachment; filename="broadcast-{row.pk}.csv"'}
        return StreamingHttpResponse(report_csv(row), content_type="text/csv; charset=utf-8", headers=headers)


class BroadcastReportXlsx(BroadcastItem):
    """The same for spreadsheets."""

    @extend_schema(
        summary="Download the report as XLSX", tags=TAGS, responses={(200, XLSX): OpenApiTypes.BINARY, **GONE}
    )
    def get(self, request: Request, broadcast_id: uuid.UUID) -> StreamingHttpResponse:
        row = self.row()
        headers = {"Content-Disposition": f'attachment; filename="broadcast-{row.pk}.xlsx"'}
        return StreamingHttpResponse(report_xlsx(row), content_type=XLSX, headers=headers)


def _contact(row: Broadcast, contact_id: uuid.UUID) -> Addressee:
    found = Addressee.objects.filter(pk=contact_id, workspace_id=row.workspace_id).first()
    if found is None:
        raise ValidationError({"contact": ["There is no such contact in the broadcast's workspace."]})
    return found


def _session(row: Broadcast, session_id: uuid.UUID | None) -> Session:
    chosen = session_id or (row.session_ids[0] if row.session_ids else None)
    found = chosen and Session.objects.filter(pk=chosen, workspace_id=row.workspace_id, deleted_at=None).first()
    if not found:
        raise ValidationError({"session": ["Choose a session of the broadcast's workspace."]})
    if not found.jid:
        raise ValidationError({"session": ["No account is linked to this session."]})
    return found

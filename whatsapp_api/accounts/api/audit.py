"""The audit trail: read, taken away as a table, checked."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from whatsapp_api.accounts.audit.models import INSTALLATION, ActorKind, AuditEntry, AuditHead, Outcome
from whatsapp_api.accounts.audit.verify import verify
from whatsapp_api.accounts.authority import authority_of
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_filters import MomentFilter, StrictFilterSet
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.csv_export import csv_line
from whatsapp_api.core.formats import iso

TAGS = ["Audit trail"]
SCOPES = {"GET": Scope.ADMIN}
PAGE = 500
COLUMNS = (  # noqa: SIM905 (to be read)
    "id workspace number at actor_kind actor_id actor_name action target before after outcome status address "
    "user_agent request_id previous digest"
).split()


class AuditEntrySerializer(serializers.Serializer[Any]):
    """One action."""

    id = serializers.UUIDField()
    workspace = serializers.UUIDField(allow_null=True, help_text="Null: of the installation, for superusers.")
    number = serializers.IntegerField(help_text="Counts without gaps in the workspace.")
    at = serializers.DateTimeField()
    actor_kind = serializers.ChoiceField(ActorKind.choices)
    actor_id = serializers.CharField(help_text="Of the user or the key.")
    actor_name = serializers.CharField()
    action = serializers.CharField(help_text="Such as `POST session-stop`, `login` or `masterkey_rotate`.")
    target = serializers.CharField(help_text="Such as `session:<id>`.")
    before = serializers.DictField(help_text="Settings that changed, as they were; secrets are masked.")
    after = serializers.DictField()
    outcome = serializers.ChoiceField(Outcome.choices)
    status = serializers.IntegerField(allow_null=True, help_text="Of the HTTP answer.")
    address = serializers.CharField()
    user_agent = serializers.CharField()
    request_id = serializers.CharField()
    previous = serializers.CharField(help_text="Digest of the entry before.")
    digest = serializers.CharField()


class AuditVerdictSerializer(serializers.Serializer[Any]):
    """How one chain fared."""

    workspace = serializers.UUIDField(allow_null=True)
    entries = serializers.IntegerField()
    unsealed = serializers.IntegerField(help_text="Sealed under a master key that is not configured any more.")
    faults = serializers.ListField(child=serializers.CharField(), help_text="The first 20.")
    number = serializers.IntegerField(help_text="Of the last entry: write it down elsewhere, with its digest.")
    digest = serializers.CharField()


class AuditCheckedSerializer(serializers.Serializer[Any]):
    intact = serializers.BooleanField()
    chains = AuditVerdictSerializer(many=True)


class AuditFilters(StrictFilterSet):
    workspace = django_filters.UUIDFilter(field_name="chain")
    actor = django_filters.CharFilter(field_name="actor_name", max_length=150, label="The name, as a whole.")
    actor_id = django_filters.CharFilter(max_length=40, label="Of the user or the key.")
    actor_kind = django_filters.ChoiceFilter(choices=ActorKind.choices)
    action = django_filters.CharFilter(lookup_expr="contains", max_length=100, label="Part of the action.")
    target = django_filters.CharFilter(lookup_expr="contains", max_length=200, label="Part of the target, an id.")
    outcome = django_filters.ChoiceFilter(choices=Outcome.choices)
    address = django_filters.CharFilter(max_length=45)
    request_id = django_filters.CharFilter(max_length=64)
    since = MomentFilter(field_name="at", lookup_expr="gte", label="At this time or later.")
    until = MomentFilter(field_name="at", lookup_expr="lt", label="Before this time.")

    class Meta:
        model = AuditEntry
        fields = ()


def chains_of(request: Request) -> list[UUID]:
    """Workspaces that the caller administers; for superusers with a token also what belongs to none."""
    authority = authority_of(request.user)
    everything = bool(getattr(authority.user, "is_superuser", False)) and authority.key is None
    return [*authority.workspaces(), *([INSTALLATION] if everything else [])]


class AuditView(GenericAPIView[AuditEntry]):
    scope = SCOPES
    serializer_class = AuditEntrySerializer
    filterset_class = AuditFilters
    queryset = AuditEntry.objects.none()  # for the OpenAPI description

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return AuditEntry.objects.filter(chain__in=chains_of(self.request))


class AuditList(AuditView):
    @extend_schema(
        summary="Read the audit trail",
        description="Who did what, newest first, in the workspaces that you administer.",
        tags=TAGS,
        responses={
            200: AuditEntrySerializer(many=True),
            **refusals(e400="validation_error invalid_cursor invalid_limit", e403="role_too_low"),
        },
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([entry_payload(entry) for entry in page])


class AuditCsv(AuditView):
    pagination_class = None

    @extend_schema(
        summary="Download the audit trail as CSV",
        description="Oldest first, all that the filters let through. A cell never becomes a formula.",
        tags=TAGS,
        responses={
            (200, "text/csv"): OpenApiTypes.STR,
            **refusals(e400="validation_error", e403="role_too_low"),
        },
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        return _download("csv", "text/csv; charset=utf-8", _csv(self.filter_queryset(self.get_queryset())))


class AuditNdjson(AuditView):
    pagination_class = None

    @extend_schema(
        summary="Download the audit trail as lines of JSON",
        description="Oldest first, all that the filters let through, an entry a line.",
        tags=TAGS,
        responses={
            (200, "application/x-ndjson"): OpenApiTypes.STR,
            **refusals(e400="validation_error", e403="role_too_low"),
        },
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        return _download("ndjson", "application/x-ndjson", _ndjson(self.filter_queryset(self.get_queryset())))


class AuditVerify(APIView):
    scope = SCOPES

    @extend_schema(
        summary="Check the audit trail",
        description="Walks the chain of each workspace that you administer: nothing changed, missing, put in or cut "
        "off. Reads every entry: ask now and then.",
        tags=TAGS,
        responses={200: AuditCheckedSerializer, **refusals(e403="role_too_low")},
    )
    def get(self, request: Request) -> Response:
        found = [_verdict(chain) for chain in chains_of(request) if AuditHead.objects.filter(pk=chain).exists()]
        return Response({"intact": not any(each["faults"] for each in found), "chains": found})


def entry_payload(entry: AuditEntry) -> dict[str, Any]:
    """An entry as the API shows it."""
    shown = {name: getattr(entry, name) for name in COLUMNS if name not in {"id", "workspace", "at"}}
    return {"id": str(entry.pk), "workspace": _workspace(entry.chain), "at": iso(entry.at), **shown}


def _workspace(chain: UUID) -> str | None:
    return None if chain == INSTALLATION else str(chain)


def _verdict(chain: UUID) -> dict[str, Any]:
    verdict = verify(chain)
    head = AuditHead.objects.get(pk=chain)
    counts = {"entries": verdict.entries, "unsealed": verdict.unsealed, "faults": verdict.faults[:20]}
    return {"workspace": _workspace(chain), **counts, "number": head.number, "digest": head.digest}


def _download(ending: str, content_type: str, lines: Iterator[str]) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="audit.{ending}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(lines, content_type=content_type, headers=headers)


def _entries(rows: QuerySet[AuditEntry]) -> Iterator[dict[str, Any]]:
    """Page by page, so that nobody waits for all of them and no cursor stays open."""
    rows = rows.order_by("id")
    page = list(rows[:PAGE])
    while page:
        yield from map(entry_payload, page)
        page = list(rows.filter(pk__gt=page[-1].pk)[:PAGE])


def _csv(rows: QuerySet[AuditEntry]) -> Iterator[str]:
    yield csv_line(COLUMNS)
    for entry in _entries(rows):
        yield csv_line(_cell(entry[name]) for name in COLUMNS)


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


def _ndjson(rows: QuerySet[AuditEntry]) -> Iterator[str]:
    return (json.dumps(entry, ensure_ascii=False) + "\n" for entry in _entries(rows))

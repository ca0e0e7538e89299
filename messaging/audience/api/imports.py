"""Imports of tables over REST: upload with `POST /media`, look at the proposal, start, watch."""

import uuid
from collections.abc import Iterator

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.audience.importing import services
from messaging.audience.importing.mapping import BadMapping
from messaging.audience.importing.tables import BadTable
from messaging.audience.models import ContactImport, ImportProblem, RecipientList
from messaging.audience.payloads import import_payload
from messaging.audience.tasks import import_run_task
from messaging.media.selectors import media_get, require_stored
from messaging.media.storage import media_storage
from messaging.tasks import start
from sessions_app.labels import labels_join
from whatsapp_api.accounts.api.access import require_writer
from whatsapp_api.accounts.authority import authority_of
from whatsapp_api.core.api_input import valid
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.csv_export import csv_line
from whatsapp_api.core.errors import ApiError, Conflict

from .base import PAGES, TAGS, Collection, Item
from .serializers import ImportCreateSerializer, ImportSerializer, ImportStartSerializer

FILE_BYTES = 50 * 2**20


class ImportList(Collection[ContactImport]):
    """The collection."""

    model = ContactImport
    queryset = ContactImport.objects.none()
    serializer_class = ImportSerializer

    @extend_schema(summary="List imports", tags=TAGS, responses={200: ImportSerializer(many=True), **PAGES})
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([import_payload(row) for row in page])

    @extend_schema(
        summary="Look into a table",
        description="Answers its columns, first rows and a proposal of what they are. Nothing is imported yet.",
        tags=TAGS,
        request=ImportCreateSerializer,
        responses={
            201: ImportSerializer,
            **refusals(
                e400="validation_error bad_table", e403="role_too_low", e404="media_not_found", e409="media_not_stored"
            ),
        },
    )
    def post(self, request: Request) -> Response:
        body = valid(ImportCreateSerializer(data=request.data))
        media = require_stored(media_get(authority_of(request.user), body["media"]))
        require_writer(request.user, media.workspace_id)
        if media.size > FILE_BYTES:
            raise ValidationError({"media": [f"A table may have {FILE_BYTES // 2**20} MB; split it."]})
        try:
            with media_storage().open(media.file) as file:
                row = services.import_create(
                    workspace_id=media.workspace_id, name=media.filename, file=file, target=body["target"]
                )
        except BadTable as error:
            raise ApiError("bad_table", str(error), http_status=400) from error
        return Response(import_payload(row), 201, headers={"Location": f"{request.path}/{row.pk}"})


class ImportDetail(Item):
    """One import."""

    model, noun = ContactImport, "import"

    @extend_schema(
        summary="Watch an import", tags=TAGS, responses={200: ImportSerializer, **refusals(e404="import_not_found")}
    )
    def get(self, request: Request, contact_import_id: uuid.UUID) -> Response:
        return Response(import_payload(self.row()))

    @extend_schema(
        summary="Give up an import",
        description="It stops after at most 500 more rows; what is stored stays.",
        tags=TAGS,
        responses={
            200: ImportSerializer,
            **refusals(e403="role_too_low", e404="import_not_found", e409="import_over"),
        },
    )
    def delete(self, request: Request, contact_import_id: uuid.UUID) -> Response:
        row = self.row()
        if not services.import_cancel(row):
            raise Conflict("import_over", "This import is over already.")
        row.refresh_from_db()
        return Response(import_payload(row))


class ImportStart(Item):
    """Beginning an import."""

    model, noun = ContactImport, "import"

    @extend_schema(
        summary="Start an import",
        tags=TAGS,
        request=ImportStartSerializer,
        responses={
            202: ImportSerializer,
            **refusals(
                e400="validation_error",
                e403="role_too_low",
                e404="import_not_found list_not_found",
                e409="import_under_way",
            ),
        },
    )
    def post(self, request: Request, contact_import_id: uuid.UUID) -> Response:
        row, body = self.row(), valid(ImportStartSerializer(data=request.data))
        list_id = body.get("list")
        if list_id and not _has_list(row, list_id):
            raise ValidationError({"list": ["There is no such list in the import's workspace."]})
        try:
            row = services.import_start(
                row,
                mapping=body.get("mapping") or row.mapping,
                country=body["country"],
                list_id=list_id,
                tag_text=labels_join(body["tags"]),
            )
        except BadMapping as error:
            raise ValidationError({"mapping": [str(error)]}) from error
        start(import_run_task, str(row.pk))
        return Response(import_payload(row), 202)


class ImportProblems(Item):
    """Rows that were refused."""

    model, noun = ContactImport, "import"

    @extend_schema(
        summary="Download the refused rows",
        description="CSV: the row's number in the file, what is wrong, and its cells.",
        tags=TAGS,
        responses={(200, "text/csv"): OpenApiTypes.STR, **refusals(e404="import_not_found")},
    )
    def get(self, request: Request, contact_import_id: uuid.UUID) -> StreamingHttpResponse:
        row = self.row()
        headers = {"Content-Disposition": f'attachment; filename="problems-{row.pk}.csv"'}
        return StreamingHttpResponse(_csv(row), content_type="text/csv; charset=utf-8", headers=headers)


def _has_list(row: ContactImport, list_id: uuid.UUID) -> bool:
    return RecipientList.objects.filter(pk=list_id, workspace_id=row.workspace_id, deleted_at=None).exists()


def _csv(row: ContactImport) -> Iterator[str]:
    yield csv_line(["row", "problem", *row.columns])
    problems = ImportProblem.objects.filter(contact_import=row).order_by("row")
    for problem in problems.iterator(chunk_size=500):
        yield csv_line([problem.row, problem.text, *problem.values])

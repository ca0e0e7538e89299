"""Files: upload, list, read, delete, serve."""

import uuid
from typing import Any

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from messaging.media.arriving import media_of_message, media_request
from messaging.media.fetching import media_from_url
from messaging.media.fields import NewMediaSerializer
from messaging.media.links import require_signature
from messaging.media.payloads import media_payload
from messaging.media.receiving import uploaded
from messaging.media.selectors import media_get, media_of, not_found, require_stored
from messaging.media.services import media_create, media_delete
from messaging.media.serving import file_response
from messaging.media.storage import Draft, media_storage
from messaging.models import Media, MediaSource, MediaState
from sessions_app.api.base import SessionView
from whatsapp_api.accounts.api.access import require_writer, workspace_chosen
from whatsapp_api.accounts.api.permissions import ScopePermission
from whatsapp_api.accounts.authority import authority_of
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.accounts.security_events import Security, security_event
from whatsapp_api.core.api_filters import StrictFilterSet
from whatsapp_api.core.api_input import valid, valid_query
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.errors import ApiError

TAGS = ["Media"]


class MediaErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class MediaSummarySerializer(serializers.Serializer[Any]):
    """A file as a message shows it."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(MediaState.choices)
    mimetype = serializers.CharField(help_text="By its content.")
    size = serializers.IntegerField(help_text="Bytes.")
    filename = serializers.CharField(allow_null=True)
    sha256 = serializers.CharField(allow_null=True)
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)
    waveform = serializers.CharField(
        allow_null=True, required=False, help_text="Of a voice note: up to 64 volumes of 0 to 100, each two hex digits."
    )
    url = serializers.CharField(help_text="Where its bytes are, for callers with a token.")


class MediaSerializer(MediaSummarySerializer):
    """A file."""

    workspace = serializers.UUIDField()
    session = serializers.UUIDField(allow_null=True, help_text="Of a received file.")
    message = serializers.UUIDField(allow_null=True, help_text="The message that brought it.")
    source = serializers.ChoiceField(MediaSource.choices)  # type: ignore[assignment]
    thumbnail_url = serializers.CharField(allow_null=True)
    signed_url = serializers.CharField(allow_null=True, help_text="Works without a token until `signed_until`.")
    signed_thumbnail_url = serializers.CharField(allow_null=True)
    signed_until = serializers.DateTimeField(allow_null=True)
    error = MediaErrorSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class UploadSerializer(serializers.Serializer[Any]):
    """A form."""

    file = serializers.FileField()


class WorkspaceSerializer(serializers.Serializer[Any]):
    workspace = serializers.UUIDField(required=False, help_text="One of yours; by default your oldest.")


class MediaFilters(StrictFilterSet):
    source = django_filters.ChoiceFilter(choices=MediaSource.choices)
    state = django_filters.ChoiceFilter(choices=MediaState.choices)

    class Meta:
        model = Media
        fields = ()


class MediaList(GenericAPIView[Media]):
    """Files of the caller's workspaces."""

    scope = Scope.SEND
    filters_bound_sessions = True
    filterset_class = MediaFilters
    serializer_class = MediaSerializer
    queryset = Media.objects.none()  # for the OpenAPI description

    def get_queryset(self) -> QuerySet[Media]:
        return media_of(authority_of(self.request.user))

    @extend_schema(
        summary="List files",
        tags=TAGS,
        responses={
            200: MediaSerializer(many=True),
            **refusals(e400="validation_error invalid_cursor invalid_limit"),
        },
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([media_payload(media) for media in page])

    @extend_schema(
        summary="Upload a file",
        description="As a form with the field `file`, of any length up to the limit; or as JSON with `data` (base64) "
        "or `url`. A file by URL is fetched after the answer, which is 202: see `state`.",
        tags=TAGS,
        parameters=[WorkspaceSerializer],
        request={"multipart/form-data": UploadSerializer, "application/json": NewMediaSerializer},
        responses={
            201: MediaSerializer,
            202: MediaSerializer,
            **refusals(
                e400="validation_error invalid_multipart upload_broken url_invalid url_forbidden",
                e403="role_too_low",
                e413="media_too_large media_quota_exceeded body_too_large",
                e429="too_many_uploads",
            ),
        },
    )
    def post(self, request: Request) -> Response:
        workspace_id = self._workspace(request)
        if _is_form(request):
            with uploaded(request._request) as (draft, name):
                media = media_create(workspace_id=workspace_id, draft=draft, filename=name)
        else:
            media = _from_json(workspace_id, valid(NewMediaSerializer(data=request.data)))
        status = 202 if media.state == MediaState.PENDING else 201
        return Response(media_payload(media), status, headers={"Location": f"/api/v1/media/{media.pk}"})

    def _workspace(self, request: Request) -> uuid.UUID:
        chosen = valid_query(WorkspaceSerializer, request.query_params).get("workspace")
        workspace_id = workspace_chosen(request.user, chosen)
        require_writer(request.user, workspace_id)
        return workspace_id


def _is_form(request: Request) -> bool:
    scope = getattr(request._request, "scope", {})
    return "upload" in scope or str(request.content_type).startswith("multipart/form-data")


def _from_json(workspace_id: uuid.UUID, body: dict[str, Any]) -> Media:
    if "url" in body:
        return media_from_url(workspace_id=workspace_id, url=body["url"], filename=body["filename"])
    with Draft(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE) as draft:
        draft.write(body["data"])
        return media_create(workspace_id=workspace_id, draft=draft, filename=body["filename"])


class MediaDetail(APIView):
    """One file."""

    scope = Scope.SEND
    filters_bound_sessions = True

    @extend_schema(
        summary="Read about a file", tags=TAGS, responses={200: MediaSerializer, **refusals(e404="media_not_found")}
    )
    def get(self, request: Request, media_id: uuid.UUID) -> Response:
        return Response(media_payload(media_get(authority_of(request.user), media_id)))

    @extend_schema(
        summary="Delete a file",
        description="The bytes go at once; messages keep speaking of the file as expired.",
        tags=TAGS,
        responses={204: None, **refusals(e403="role_too_low", e404="media_not_found")},
    )
    def delete(self, request: Request, media_id: uuid.UUID) -> Response:
        media = media_get(authority_of(request.user), media_id)
        require_writer(request.user, media.workspace_id)
        media_delete(media)
        return Response(status=204)


class MessageMediaDownload(SessionView):
    """The file that a message brought."""

    scope = Scope.SEND

    @extend_schema(
        summary="Fetch a message's file from WhatsApp",
        description="For a file that is `remote` or `failed`. 202: it is on its way, the event `message.media` tells "
        "of its end; 200: it is here. 410: WhatsApp has deleted it, and the engine cannot ask the phone for it.",
        tags=TAGS,
        request=None,
        responses={
            200: MediaSerializer,
            202: MediaSerializer,
            **refusals(e403="role_too_low", e404="session_not_found media_not_found", e410="media_gone"),
        },
    )
    def post(self, request: Request, session_id: str, message_id: uuid.UUID) -> Response:
        media = media_request(media_of_message(self.session(), message_id))
        return Response(media_payload(media), 200 if media.state == MediaState.STORED else 202)


SIGNED = [
    OpenApiParameter("expires", OpenApiTypes.INT, description="Of a signed link, with `signature`."),
    OpenApiParameter("signature", OpenApiTypes.STR),
    OpenApiParameter("Range", OpenApiTypes.STR, OpenApiParameter.HEADER, description="One range of bytes."),
]
BYTES = OpenApiResponse(OpenApiTypes.BINARY, description="The bytes.")
SERVED: dict[Any, Any] = {
    (200, "*/*"): BYTES,
    (206, "*/*"): BYTES,
    304: OpenApiResponse(description="You have it (`If-None-Match`)."),
    416: OpenApiResponse(description="The range lies beyond the end."),
    **refusals(
        e403="link_invalid link_expired",
        e404="media_not_found thumbnail_not_found",
        e409="media_not_stored media_failed",
        e410="media_expired",
    ),
}


class TokenOrSignature(ScopePermission):
    """A signed link needs no caller; the view checks it."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return "signature" in request.query_params or super().has_permission(request, view)


class _Served(APIView):
    """Bytes, for a caller with a token or a signed link."""

    permission_classes = (TokenOrSignature,)
    filters_bound_sessions = True
    part = "content"

    def media(self, request: Request, media_id: uuid.UUID) -> Media:
        if "signature" in request.query_params:
            expires = request.query_params.get("expires", "")
            media = Media.objects.filter(pk=media_id).first()
            try:
                require_signature(media_id, self.part, expires, request.query_params["signature"])
            except ApiError as error:
                _tell(request, media_id, media, error)
                raise
            if media is None:
                raise not_found()
            return require_stored(media)
        if "expires" in request.query_params:
            raise ValidationError({"signature": ["A signed link has it, too: take the link as it was given."]})
        return require_stored(media_get(authority_of(request.user), media_id))


def _tell(request: Request, media_id: uuid.UUID, media: Media | None, error: ApiError) -> None:
    """Somebody tries links. One that has only had its time is nothing to worry about."""
    if error.code == "link_invalid":
        security_event(
            Security.SIGNATURE_FAILED,
            workspace_ids=[media.workspace_id] if media else [],
            subject=f"media:{media_id}",
            address=request.META.get("REMOTE_ADDR", ""),
            text=str(error.message),
        )


class MediaContent(_Served):
    """The file itself."""

    @extend_schema(summary="Download a file", tags=TAGS, parameters=SIGNED, responses=SERVED)
    def get(self, request: Request, media_id: uuid.UUID) -> HttpResponseBase:
        media = self.media(request, media_id)
        filename = media.filename or str(media.pk)
        return file_response(
            request._request,
            name=media.file,
            size=media.size,
            mimetype=media.mimetype,
            filename=filename,
            tag=media.sha256,
        )


class MediaThumbnail(_Served):
    """A small JPEG of it."""

    part = "thumbnail"

    @extend_schema(summary="Download a thumbnail", tags=TAGS, parameters=SIGNED, responses=SERVED)
    def get(self, request: Request, media_id: uuid.UUID) -> HttpResponseBase:
        media = self.media(request, media_id)
        if not media.thumbnail:
            raise not_found("thumbnail_not_found", "There is no thumbnail of this file.")
        size = media_storage().size(media.thumbnail)
        return file_response(
            request._request,
            name=media.thumbnail,
            size=size,
            mimetype="image/jpeg",
            filename=f"{media.pk}.jpg",
            tag=f"{media.sha256}-thumbnail",
        )

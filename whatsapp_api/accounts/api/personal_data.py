"""Everything about a phone number: give it out, remove it."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from whatsapp_api.accounts.audit.draft import audit_about, audit_change
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_input import valid
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.personal_data import Subject, contact_erase, contact_export, subject_of
from whatsapp_api.core.phones import BadPhone

from .access import workspace_chosen

TAGS = ["Data protection"]


class SubjectSerializer(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=40, help_text="With country code.")
    workspace = serializers.UUIDField(required=False, help_text="By default your first one.")


class EraseSerializer(SubjectSerializer):
    confirm = serializers.CharField(max_length=40, help_text="The same number once more: this cannot be undone.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["confirm"] != attrs["phone"]:
            raise serializers.ValidationError({"confirm": ["Write the same number as in `phone`."]})
        return attrs


class ErasedSerializer(serializers.Serializer[Any]):
    erased = serializers.DictField(child=serializers.IntegerField(), help_text="Rows by kind.")


class ContactExport(APIView):
    scope = Scope.ADMIN

    @extend_schema(
        summary="Export everything about a phone number",
        description="Messages, chats, receipts, media (ids; their bytes are at `/media/{id}/content`) and events.",
        tags=TAGS,
        request=SubjectSerializer,
        responses={200: OpenApiTypes.OBJECT, **refusals(e400="validation_error no_workspace")},
    )
    def post(self, request: Request) -> Response:
        subject = _subject(request, valid(SubjectSerializer(data=request.data)))
        return Response(contact_export(subject), headers={"Cache-Control": "no-store"})


class ContactErase(APIView):
    scope = Scope.ADMIN

    @extend_schema(
        summary="Erase everything about a phone number",
        description="Cannot be undone. Chats with the person go, what the person wrote in groups is blanked, events "
        "keep their number and lose their payload. The phone itself and WhatsApp keep theirs.",
        tags=TAGS,
        request=EraseSerializer,
        responses={200: ErasedSerializer, **refusals(e400="validation_error no_workspace")},
    )
    def post(self, request: Request) -> Response:
        subject = _subject(request, valid(EraseSerializer(data=request.data)))
        erased = contact_erase(subject)
        audit_change({}, {"erased": erased})  # how much; never of whom
        return Response({"erased": erased})


def _subject(request: Request, data: dict[str, Any]) -> Subject:
    workspace_id: UUID = workspace_chosen(request.user, data.get("workspace"))
    audit_about(workspace_id, "contact")
    try:
        return subject_of(workspace_id, data["phone"])
    except BadPhone as error:
        raise serializers.ValidationError({"phone": [str(error)]}) from error

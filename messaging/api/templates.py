"""Templates: keep, preview, send."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from messaging.audience.selectors import row_get
from messaging.delivery import DeliverySerializer
from messaging.fields import StrictTextField
from messaging.idempotency import Once
from messaging.kinds.options import OptionsSerializer, ToSerializer
from messaging.models import Message, Template
from messaging.sending import message_send
from messaging.templating.payloads import template_payload
from messaging.templating.render import NAME, VALUE_LIMIT, VARIABLES_AT_MOST
from messaging.templating.services import (
    KINDS_ALLOWED,
    template_body,
    template_create,
    template_get,
    template_kind,
    template_update,
)
from sessions_app.api.base import SessionView, valid
from whatsapp_api.accounts.api.access import workspace_chosen
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.accounts.selectors import workspace_ids
from whatsapp_api.core.api_filters import StrictFilterSet
from whatsapp_api.core.api_schema import refusals

from .sending import answered, sends

TAGS = ["Templates"]
KINDS_HELP = f"One of {', '.join(sorted(KINDS_ALLOWED))}."


class VariablesField(serializers.DictField):
    """Texts by name."""

    def __init__(self, **options: Any) -> None:
        child = StrictTextField(max_length=VALUE_LIMIT, allow_blank=True)
        super().__init__(child=child, **{"required": False, **options})

    def to_internal_value(self, data: Any) -> dict[str, str]:
        values: dict[str, str] = super().to_internal_value(data)
        if len(values) > VARIABLES_AT_MOST:
            raise serializers.ValidationError(f"At most {VARIABLES_AT_MOST} variables.")
        if wrong := next((name for name in values if not NAME.fullmatch(name)), None):
            raise serializers.ValidationError(f"{wrong[:80]} is no name of a variable.")
        return values


class TemplateUpdateSerializer(serializers.Serializer[Any]):
    """What can be changed; what is left out stays."""

    name = serializers.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9_. -]*$", max_length=64, required=False, help_text="Unique in the workspace."
    )
    language = serializers.CharField(max_length=20, required=False, allow_blank=True)
    description = serializers.CharField(max_length=300, required=False, allow_blank=True)
    kind = serializers.CharField(max_length=20, required=False, help_text=KINDS_HELP)
    content = serializers.DictField(
        required=False, help_text="What a request to send this kind holds, without `to`; texts with `{{variables}}`."
    )
    defaults = VariablesField(help_text="Values for variables that a message leaves out.")


class TemplateCreateSerializer(TemplateUpdateSerializer):
    """A new template."""

    name = serializers.RegexField(r"^[A-Za-z0-9][A-Za-z0-9_. -]*$", max_length=64, help_text="Unique in the workspace.")
    kind = serializers.CharField(max_length=20, default="text", help_text=KINDS_HELP)
    content = serializers.DictField(
        help_text="What a request to send this kind holds, without `to`; texts with `{{variables}}`."
    )
    workspace = serializers.UUIDField(required=False, help_text="One of yours; by default your oldest.")


class TemplateSerializer(serializers.Serializer[Any]):
    """A message with gaps."""

    id = serializers.UUIDField()
    workspace = serializers.UUIDField()
    name = serializers.CharField()
    language = serializers.CharField()
    description = serializers.CharField()
    kind = serializers.CharField()
    content = serializers.DictField()
    variables = serializers.ListField(child=serializers.CharField(), help_text="That its texts name.")
    defaults = serializers.DictField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PreviewSerializer(serializers.Serializer[Any]):
    variables = VariablesField(help_text="A text for each variable that has no default.")


class PreviewedSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    content = serializers.DictField(help_text="The filled in body of a send request.")
    text = serializers.CharField(help_text="What people would read.")


class SendTemplateSerializer(DeliverySerializer, OptionsSerializer, PreviewSerializer, ToSerializer):
    """A message made of a template."""

    template = StrictTextField(max_length=64, help_text="Its id or its name.")


class TemplateFilters(StrictFilterSet):
    class Meta:
        model = Template
        fields = ("name", "kind", "language")


class TemplateList(GenericAPIView[Template]):
    """The collection."""

    scope = Scope.SETTINGS
    filterset_class = TemplateFilters
    serializer_class = TemplateSerializer

    def get_queryset(self) -> QuerySet[Template]:
        return Template.objects.filter(workspace_id__in=workspace_ids(self.request.user)).order_by("-id")

    @extend_schema(
        summary="List templates",
        description="Newest first.",
        tags=TAGS,
        responses={
            200: TemplateSerializer(many=True),
            **refusals(e400="validation_error invalid_cursor invalid_limit"),
        },
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([template_payload(template) for template in page])

    @extend_schema(
        summary="Create a template",
        tags=TAGS,
        request=TemplateCreateSerializer,
        responses={
            201: TemplateSerializer,
            **refusals(e400="validation_error", e403="role_too_low", e409="template_exists"),
        },
    )
    def post(self, request: Request) -> Response:
        data = valid(TemplateCreateSerializer(data=request.data))
        workspace_id = workspace_chosen(request.user, data.pop("workspace", None))
        template = template_create(workspace_id=workspace_id, **_columns(data))
        location = f"{request.path}/{template.id}"
        return Response(template_payload(template), 201, headers={"Location": location})


class TemplateView(APIView):
    """One template."""

    def template(self) -> Template:
        return row_get(Template, self.request.user, self.kwargs["template_id"], noun="template")


class TemplateDetail(TemplateView):
    scope = Scope.SETTINGS

    @extend_schema(
        summary="Read a template",
        tags=TAGS,
        responses={200: TemplateSerializer, **refusals(e404="template_not_found")},
    )
    def get(self, request: Request, template_id: str) -> Response:
        return Response(template_payload(self.template()))

    @extend_schema(
        summary="Change a template",
        tags=TAGS,
        request=TemplateUpdateSerializer,
        responses={
            200: TemplateSerializer,
            **refusals(e400="validation_error", e403="role_too_low", e404="template_not_found", e409="template_exists"),
        },
    )
    def patch(self, request: Request, template_id: str) -> Response:
        template = self.template()
        data = valid(TemplateUpdateSerializer(data=request.data))
        return Response(template_payload(template_update(template=template, **_columns(data))))

    @extend_schema(
        summary="Delete a template",
        tags=TAGS,
        responses={204: None, **refusals(e403="role_too_low", e404="template_not_found")},
    )
    def delete(self, request: Request, template_id: str) -> Response:
        self.template().delete()
        return Response(status=204)


class TemplatePreview(TemplateView):
    scope = {"POST": Scope.READ}

    @extend_schema(
        summary="Preview a template",
        description="As it would be sent with these variables. Nothing is sent.",
        tags=TAGS,
        request=PreviewSerializer,
        responses={200: PreviewedSerializer, **refusals(e400="validation_error", e404="template_not_found")},
    )
    def post(self, request: Request, template_id: str) -> Response:
        template = self.template()
        values = valid(PreviewSerializer(data=request.data)).get("variables", {})
        body, kind = template_body(template, values), template_kind(template)
        return Response({"kind": template.kind, "content": body, "text": kind.text(kind.content(body))})


class SendTemplate(SessionView):
    scope = Scope.SEND

    @extend_schema(
        summary="Send a template",
        description="A missing or unknown variable is refused before anything is sent.",
        **{**sends(KINDS_ALLOWED["text"]), "request": SendTemplateSerializer},
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()

        def make(once: Once | None) -> Message:
            data = valid(SendTemplateSerializer(data=request.data))
            template = template_get(session.workspace_id, data.pop("template"))
            body = template_body(template, data.pop("variables", {}))
            return message_send(session=session, kind=template_kind(template), body={**body, **data}, once=once)

        return answered(session, request, make)


def _columns(data: dict[str, Any]) -> dict[str, Any]:
    if "content" in data:
        data["fields"] = data.pop("content")
    return data

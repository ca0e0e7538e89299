"""Simulated phones of a sandbox session: what a person with a phone would do, for tests and demonstrations."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import sandbox_phones
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_schema import refusals

from .base import SessionView, valid
from .fields import PhoneField

TAGS = ["Sandbox"]
REFUSALS = refusals(
    e400="validation_error", e403="role_too_low", e404="session_not_found", e503="sandbox_unavailable sandbox_failed"
)


class PhoneSerializer(serializers.Serializer[Any]):
    phone = PhoneField(required=False, help_text="By default the session's simulated contact.")


class ScanSerializer(serializers.Serializer[Any]):
    phone = PhoneField(required=False, help_text="The simulated phone; by default the session's own.")


class ScannedSerializer(serializers.Serializer[Any]):
    phone = serializers.CharField(help_text="E.164")


class WriteSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4096)
    phone = PhoneField(required=False, help_text="Who writes; by default the session's simulated contact.")


class WrittenSerializer(serializers.Serializer[Any]):
    phone = serializers.CharField(help_text="E.164")
    wa_id = serializers.CharField()


class PhoneMessageSerializer(serializers.Serializer[Any]):
    """A message as the simulated phone shows it."""

    n = serializers.IntegerField()
    wa_id = serializers.CharField()
    sender = serializers.CharField(help_text="E.164")
    kind = serializers.CharField()
    text = serializers.CharField()
    timestamp = serializers.DateTimeField()


class SimulatedPhoneSerializer(serializers.Serializer[Any]):
    phone = serializers.CharField(help_text="E.164")
    messages = PhoneMessageSerializer(many=True)


class SimulatedScan(SessionView):
    scope = Scope.CONTROL

    @extend_schema(
        summary="Scan with a simulated phone",
        description="A simulated phone scans the QR code that the session shows, or types its pairing code.",
        tags=TAGS,
        request=ScanSerializer,
        responses={200: ScannedSerializer, **REFUSALS, **refusals(e409="not_a_sandbox_session no_code_shown")},
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        number = sandbox_phones.simulated_scan(session=session, **valid(ScanSerializer(data=request.data)))
        return Response({"phone": f"+{number}"})


class SimulatedMessage(SessionView):
    scope = Scope.CONTROL

    @extend_schema(
        summary="Write from a simulated phone",
        description="Somebody with a simulated phone writes to the session's account.",
        tags=TAGS,
        request=WriteSerializer,
        responses={201: WrittenSerializer, **REFUSALS, **refusals(e409="not_a_sandbox_session not_paired")},
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        sent = sandbox_phones.contact_write(session=session, **valid(WriteSerializer(data=request.data)))
        return Response(sent, status=201)


class SimulatedPhone(SessionView):
    scope = Scope.CONTROL

    @extend_schema(
        summary="Look at a simulated phone",
        description="What it received last; created if missing. Without a number it is the session's contact.",
        tags=TAGS,
        request=PhoneSerializer,
        responses={200: SimulatedPhoneSerializer, **REFUSALS, **refusals(e409="not_a_sandbox_session")},
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        return Response(sandbox_phones.phone_show(session=session, **valid(PhoneSerializer(data=request.data))))

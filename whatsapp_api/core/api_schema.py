"""What the OpenAPI descriptions of several apps share."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers


class ErrorBodySerializer(serializers.Serializer[Any]):
    """Why a request was refused."""

    code = serializers.CharField(help_text="Stable, for programs.")
    message = serializers.CharField(help_text="A sentence for people: what is wrong and what to do.")
    request_id = serializers.CharField(help_text="Finds the request in the log; also in the header X-Request-Id.")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Which fields of the request are wrong, and why.",
    )


class ErrorSerializer(serializers.Serializer[Any]):
    """The one shape of every refusal."""

    error = ErrorBodySerializer()


def refusal(*codes: str) -> OpenApiResponse:
    """A documented refusal with the codes it can carry."""
    return OpenApiResponse(ErrorSerializer, description="Code: " + ", ".join(f"`{code}`" for code in codes) + ".")


def refusals(**by_status: str) -> dict[int, OpenApiResponse]:
    """`refusals(e404="session_not_found", e409="not_paired no_qr")` as drf-spectacular wants them."""
    return {int(status.removeprefix("e")): refusal(*codes.split()) for status, codes in by_status.items()}

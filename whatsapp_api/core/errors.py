"""One shape for every error the API answers, and the error services raise.

`{"error": {"code": stable, "message": sentence, "fields": {name: [sentence]}, "request_id": id}}`
"""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from .logs import request_id

logger = logging.getLogger(__name__)


class ApiError(Exception):
    """What a service raises when it refuses: an HTTP status, a stable code and what the caller can do."""

    def __init__(
        self, code: str, message: str, *, http_status: int = 400, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.http_status = http_status
        self.headers = headers or {}


class Conflict(ApiError):
    """The state of the thing does not allow it now (HTTP 409)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message, http_status=status.HTTP_409_CONFLICT)


class Unavailable(ApiError):
    """A part that is needed for this does not answer (HTTP 503)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message, http_status=503, headers={"Retry-After": "2"})


CODES = {
    400: "invalid_request",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "body_too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
}


def body(code: str, message: str, fields: dict[str, list[str]] | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message, "request_id": request_id.get()}
    if fields:
        error["fields"] = fields
    return {"error": error}


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal in our shape; None lets a real defect surface as a 500."""
    if isinstance(error, ApiError):
        return Response(body(error.code, error.message), status=error.http_status, headers=error.headers)
    if isinstance(error, ModelValidationError):
        error = exceptions.ValidationError(getattr(error, "message_dict", None) or error.messages)
    if isinstance(error, exceptions.ValidationError):
        fields = flatten(error.detail)
        return Response(body("validation_error", _first_sentence(fields), fields), status=400)
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = body(_code(error, response), _message(error))
    return response


def _code(error: Exception, response: Response) -> str:
    if response.status_code in {401, 403} and isinstance(error, exceptions.APIException):
        # e.g. token_not_valid from simplejwt says more than not_authenticated.
        code = error.get_codes()
        if isinstance(code, dict) and isinstance(code.get("code"), str):
            return str(code["code"])
        if isinstance(code, str):
            return code
    return CODES.get(response.status_code, "error")


def _message(error: Exception) -> str:
    if isinstance(error, Http404):
        return "There is nothing at this address that you may see."
    if isinstance(error, PermissionDenied):
        return "You may not do this."
    detail = getattr(error, "detail", "")
    if isinstance(detail, dict):
        detail = detail.get("detail", "")
    return str(detail)


def flatten(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Nested serializer errors as `{"a.b.0": [sentences]}`."""
    if isinstance(detail, dict):
        pairs = [(f"{prefix}.{key}" if prefix else str(key), value) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        pairs = [(f"{prefix}.{index}" if prefix else str(index), item) for index, item in enumerate(detail) if item]
    else:
        sentences = [str(item) for item in (detail if isinstance(detail, list) else [detail])]
        return {prefix or "non_field_errors": sentences}
    merged: dict[str, list[str]] = {}
    for key, value in pairs:
        for name, sentences in flatten(value, key).items():
            merged.setdefault(name, []).extend(sentences)
    return merged


def _first_sentence(fields: dict[str, list[str]]) -> str:
    name, sentences = next(iter(fields.items()), ("", ["The request is not valid."]))
    return sentences[0] if name.endswith("non_field_errors") else f"{name}: {sentences[0]}"

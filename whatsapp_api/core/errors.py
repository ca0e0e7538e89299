"""One shape for every error the API answers, and the error services raise.

`{"error": {"code": stable, "message": sentence, "fields": {name: [sentence]}, "request_id": id}}`
"""

import errno
import logging
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import Error as DjangoDatabaseError
from django.db import IntegrityError, InterfaceError, OperationalError
from pymongo.errors import ConnectionFailure, ExecutionTimeout, PyMongoError
from redis.exceptions import RedisError
from rest_framework import exceptions, status
from rest_framework.response import Response

from .crypto import SealBroken
from .db import is_conflict
from .logs import request_id
from .master_key import MasterKeyError

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


# Whatever a database call may raise: on MongoDB some of the driver's own exceptions come through.
DATABASE_FAULTS = (DjangoDatabaseError, PyMongoError)
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
AWAY = (OperationalError, InterfaceError, ConnectionFailure, ExecutionTimeout)

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
# What the caller can do, where the framework's own sentence does not say.
SENTENCES = {
    "not_authenticated": "Send a token in the header `Authorization: Bearer <access token>`; "
    "POST /api/v1/auth/token gives you one.",
    "token_not_valid": "The token is malformed, expired or of the wrong type; get a new one at "
    "/api/v1/auth/token/refresh or /api/v1/auth/token.",
    "not_found": "There is nothing at this address that you may see.",
}


def body(code: str, message: str, fields: dict[str, list[str]] | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message, "request_id": request_id.get()}
    if fields:
        error["fields"] = fields
    return {"error": error}


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal in our shape; None lets a real defect surface as a 500."""
    error = _known(error)
    if isinstance(error, ApiError):
        return Response(body(error.code, error.message), status=error.http_status, headers=error.headers)
    if isinstance(error, exceptions.ValidationError):
        fields = flatten(error.detail)
        return Response(body("validation_error", _first_sentence(fields), fields), status=400)
    from rest_framework.views import exception_handler  # loads the authentication classes, which import this module

    response = exception_handler(error, context)
    if response is None:
        return None
    code = _code(error, response)
    response.data = body(code, SENTENCES.get(code) or _message(error))
    return response


def _known(error: Exception) -> Exception:
    """Exceptions of the libraries below as the refusals that they mean to a caller."""
    if isinstance(error, ModelValidationError):
        return exceptions.ValidationError(getattr(error, "message_dict", None) or error.messages)
    if isinstance(error, RequestDataTooBig):
        return ApiError("body_too_large", "The body of the request is too long.", http_status=413)
    if isinstance(error, ObjectDoesNotExist):  # it was there when the request began
        return ApiError("not_found", "It was removed a moment ago.", http_status=404)
    if isinstance(error, IntegrityError):
        logger.warning("Two changes did not fit together: %s", type(error.__cause__ or error).__name__)
        return Conflict("changed_meanwhile", "Somebody else changed or removed it at the same moment; look again.")
    if database_is_away(error):
        logger.error("The database does not answer: %s", type(error.__cause__ or error).__name__)
        return Unavailable("database_unavailable", "The database does not answer at the moment; try again.")
    if isinstance(error, RedisError):
        logger.error("Redis does not answer: %s", type(error).__name__)
        return Unavailable("redis_unavailable", "Redis does not answer at the moment; try again.")
    if isinstance(error, OSError) and error.errno in DISK_FULL:
        logger.error("A disk or a quota is full: %s", error.strerror)
        text = "There is no room left for files on the server; what is stored already can still be read."
        return ApiError("storage_full", text, http_status=507)
    if isinstance(error, MasterKeyError | SealBroken):
        logger.error("A secret cannot be opened: %s", error)
        return Unavailable("secret_sealed", "Something needed for this is sealed under a key that this server lacks.")
    return error


def database_is_away(error: BaseException) -> bool:
    """It does not answer, or is too busy to: not a defect of the query, so trying again later is right."""
    if not isinstance(error, DATABASE_FAULTS):
        return False
    causes = (error, error.__cause__)
    return is_conflict(error) or any(isinstance(cause, AWAY) for cause in causes)


def _code(error: Exception, response: Response) -> str:
    if isinstance(error, exceptions.ParseError):
        return "invalid_json"
    if response.status_code in {401, 403} and isinstance(error, exceptions.APIException):
        # e.g. token_not_valid from simplejwt says more than not_authenticated.
        detail, code = error.detail, error.get_codes()
        if isinstance(detail, dict) and "code" in detail:
            return str(detail["code"])
        if isinstance(code, str):
            return code
    return CODES.get(response.status_code, "error")


def _message(error: Exception) -> str:
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

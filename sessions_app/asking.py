"""Questions to a session's engine on behalf of a request: its errors become refusals, here and nowhere else."""

from typing import Any

from sessions_app.engine.errors import EngineError, InvalidTarget, NotConnected, OutcomeUnknown, Refused, Unsupported
from sessions_app.engine.refusals import HTTP_STATUS
from whatsapp_api.core.errors import ApiError, Conflict, Unavailable

from . import commands
from .models import Session

TIMEOUT = 20.0
UNKNOWN = "WhatsApp did not answer in time, so it may or may not have happened; look before you try again."
OTHER_STATUS = {"invalid_arguments": 400, "not_ready": 409, "too_many_calls": 429, "busy": 429}


def ask(
    session: Session, method: str, arguments: dict[str, Any] | None = None, *, timeout: float = TIMEOUT
) -> dict[str, Any]:
    """The engine's answer to one of its calls; raises ApiError for whatever stands in the way."""
    if not session.can_send:
        raise Conflict(
            "session_not_connected", f"The session is {session.state}, not connected. {session.explanation}".strip()
        )
    try:
        return commands.call(session.pk, method, arguments, timeout=timeout)
    except TimeoutError as error:
        raise ApiError("outcome_unknown", UNKNOWN, http_status=504) from error
    except EngineError as error:
        raise refusal(error) from error


def refusal(error: EngineError) -> ApiError:
    """What an engine's error means to a caller."""
    match error:
        case Unsupported():
            return ApiError("unsupported", error.text, http_status=501)
        case NotConnected(code="unavailable"):
            return Unavailable("redis_unavailable", error.text)
        case NotConnected():
            return Conflict("session_not_connected", error.text)
        case InvalidTarget():
            return ApiError(error.code, error.text, http_status=HTTP_STATUS.get(error.code, 400))
        case OutcomeUnknown():
            return ApiError(error.code, UNKNOWN, http_status=504)
        case Refused():
            return _with_pause(error, HTTP_STATUS.get(error.code, 502))
    return _with_pause(error, OTHER_STATUS.get(error.code, 502))


def _with_pause(error: EngineError, status: int) -> ApiError:
    headers = {"Retry-After": "30"} if status in {429, 503} else None
    return ApiError(error.code, error.text, http_status=status, headers=headers)

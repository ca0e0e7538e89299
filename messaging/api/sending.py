"""`POST /sessions/{id}/messages/{kind}`: one view for each kind, with a body and a description of its own."""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.delivery import DeliverySerializer
from messaging.idempotency import HEADER, Once, Replayed, once_look, once_of
from messaging.kinds import Kind
from messaging.kinds.options import OptionsSerializer, ReferenceSerializer, ToSerializer
from messaging.models import Message
from messaging.payloads import message_payload
from messaging.sending import message_send
from sessions_app.api.base import SessionView, valid
from sessions_app.models import Session
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_input import valid_query
from whatsapp_api.core.api_schema import refusals

from .serializers import MessageSerializer, WaitSerializer
from .waiting import PENDING, wait_until_settled

TAGS = ["Messages"]
IDEMPOTENCY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="1 to 255 printable characters of your choice. The same key with the same body answers the same "
    "message again, with the header `Idempotency-Replayed: true`, for 24 hours; with another body 409.",
)
PROGRESS = (
    "The message is stored and leaves when the session is connected, in the order of the requests. "
    "202: it is queued, events `message.ack` tell of its progress. With `wait`: 200 when it was sent, failed or "
    "became unconfirmed within that time, see `state`."
)


def kind_view(kind: Kind) -> Callable[[HttpRequest], Any]:
    """The view that sends messages of this kind."""

    class SendKind(SessionView):
        scope = Scope.SEND

        @extend_schema(summary=kind.summary, description=f"{kind.description} {PROGRESS}".strip(), **sends(kind))
        def post(self, request: Request, session_id: str) -> Response:
            return send(self.session(), request, kind)

    SendKind.__name__ = f"Send{_name(kind)}"
    return cast("Callable[[HttpRequest], Any]", SendKind.as_view())


def send(session: Session, request: Request, kind: Kind) -> Response:
    """Queue what the request says, and wait as long as it says."""
    return answered(
        session,
        request,
        lambda once: message_send(
            session=session, kind=kind, body=valid(body_serializer(kind)(data=request.data)), once=once
        ),
    )


def answered(
    session: Session,
    request: Request,
    make: Callable[[Once | None], Message],
    *,
    query: type[WaitSerializer] = WaitSerializer,
) -> Response:
    """The answer to a request that makes a message: once for its `Idempotency-Key`, after `wait` seconds at most."""
    wait = valid_query(query, request.query_params)["wait"]
    key = request.headers.get(HEADER)
    path = request.path if request.method == "POST" else f"{request.method} {request.path}"
    once = once_of(key, workspace_id=session.workspace_id, path=path, body=request.data)
    headers = {}
    try:
        if once:
            once_look(once)
        message = make(once)
    except Replayed as replayed:
        message, headers["Idempotency-Replayed"] = replayed.message, "true"
    message = wait_until_settled(message, wait)
    headers["Location"] = f"/api/v1/sessions/{session.pk}/messages/{message.pk}"
    return Response(message_payload(message), 202 if message.state in PENDING else 200, headers=headers)


def sends(kind: Kind) -> dict[str, Any]:
    """The OpenAPI description of a request that sends this kind."""
    return sends_body(body_serializer(kind))


def sends_body(body: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The OpenAPI description of a request that makes a message of this body."""
    return {
        "tags": TAGS,
        "parameters": [WaitSerializer, IDEMPOTENCY],
        "request": body,
        "responses": {
            200: MessageSerializer,
            202: MessageSerializer,
            **refusals(
                e400="validation_error",
                e403="role_too_low",
                e404="session_not_found message_not_found",
                e409="session_not_connected idempotency_key_reused idempotency_in_progress",
                e429="queue_full",
                e501="unsupported",
            ),
        },
    }


@cache
def body_serializer(kind: Kind) -> type[serializers.Serializer[Any]]:
    """Chat (or the message it is about), the kind's own fields, and the options where it takes them."""
    parts = (ReferenceSerializer if kind.refers else ToSerializer, kind.fields)
    bases = (DeliverySerializer, *((OptionsSerializer,) if kind.options else ()), *reversed(parts))
    return type(f"Send{_name(kind)}Serializer", bases, {"__doc__": kind.fields.__doc__})


def _name(kind: Kind) -> str:
    return str(kind.name.value).title().replace("_", "")

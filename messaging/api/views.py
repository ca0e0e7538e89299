"""Messages of a session: send, list, read."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from messaging import services
from messaging.models import Message
from messaging.payloads import message_payload
from messaging.selectors import message_get, messages_of
from sessions_app.api.base import SessionView, valid
from whatsapp_api.core.api_schema import refusals

from .filters import MessageFilters
from .serializers import MessageCreateSerializer, MessageSerializer, WaitSerializer
from .waiting import PENDING, wait_until_settled

TAGS = ["Messages"]


class MessageList(SessionView, GenericAPIView[Message]):
    """A session's messages."""

    filterset_class = MessageFilters
    serializer_class = MessageSerializer

    queryset = Message.objects.none()  # for the OpenAPI description

    def get_queryset(self) -> QuerySet[Message]:
        return messages_of(self.session())

    @extend_schema(
        summary="List messages",
        description="Newest first, received and sent.",
        tags=TAGS,
        responses={
            200: MessageSerializer(many=True),
            **refusals(e400="validation_error invalid_cursor invalid_limit", e404="session_not_found"),
        },
    )
    def get(self, request: Request, session_id: str) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([message_payload(message) for message in page])

    @extend_schema(
        summary="Send a text",
        description="The message is stored and leaves when the session is connected, in the order of the requests. "
        "202: it is queued, events `message.ack` tell of its progress. With `wait`: 200 when it was sent, failed or "
        "became unconfirmed within that time, see `state`.",
        tags=TAGS,
        parameters=[WaitSerializer],
        request=MessageCreateSerializer,
        responses={
            200: MessageSerializer,
            202: MessageSerializer,
            **refusals(
                e400="validation_error", e403="role_too_low", e404="session_not_found", e409="session_not_connected"
            ),
        },
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        wait = valid(WaitSerializer(data=request.query_params))["wait"]
        message = services.message_create(session=session, **valid(MessageCreateSerializer(data=request.data)))
        message = wait_until_settled(message, wait)
        status = 202 if message.state in PENDING else 200
        return Response(message_payload(message), status, headers={"Location": f"{request.path}/{message.id}"})


class MessageDetail(SessionView):
    """One message."""

    @extend_schema(
        summary="Read a message",
        tags=TAGS,
        responses={200: MessageSerializer, **refusals(e404="session_not_found message_not_found")},
    )
    def get(self, request: Request, session_id: str, message_id: str) -> Response:
        return Response(message_payload(message_get(self.session(), self.kwargs["message_id"])))

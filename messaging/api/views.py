"""Messages of a session: send, list."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.kinds import KINDS
from messaging.models import Message
from messaging.payloads import message_payload
from messaging.selectors import messages_of
from sessions_app.api.base import SessionView
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_schema import refusals

from .filters import MessageFilters
from .searching import MessagePages
from .sending import TAGS, send, sends
from .serializers import MessageSerializer


class MessageList(SessionView, GenericAPIView[Message]):
    """A session's messages."""

    scope = Scope.SEND

    filterset_class = MessageFilters
    pagination_class = MessagePages
    serializer_class = MessageSerializer

    queryset = Message.objects.none()  # for the OpenAPI description

    def get_queryset(self) -> QuerySet[Message]:
        return messages_of(self.session())

    @extend_schema(
        summary="List messages",
        description="Newest first, received and sent. With `q` only those that hold these words.",
        tags=TAGS,
        responses={
            200: MessageSerializer(many=True),
            **refusals(
                e400="validation_error invalid_cursor invalid_limit", e404="session_not_found", e409="search_sealed"
            ),
        },
    )
    def get(self, request: Request, session_id: str) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([message_payload(message) for message in page])

    @extend_schema(
        summary="Send a text",
        description="Short for `messages/text`.",
        **sends(KINDS["text"]),
    )
    def post(self, request: Request, session_id: str) -> Response:
        return send(self.session(), request, KINDS["text"])

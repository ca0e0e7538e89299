"""The list of chats, one chat, its history."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.api.filters import MessageFilters
from messaging.api.searching import MessagePages
from messaging.api.serializers import MessageSerializer
from messaging.chats.payloads import chat_payload
from messaging.chats.selectors import chat_messages, chats_of, last_messages
from messaging.models import Chat, Message
from messaging.payloads import message_payload
from sessions_app.api.base import SessionView
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.pagination import Pages

from . import actions
from .base import TAGS, ChatView
from .filters import ChatFilters
from .serializers import ChatRowSerializer


class ByActivity(Pages):
    """The latest activity first."""

    ordering = "-activity"


class ChatList(SessionView, GenericAPIView[Chat]):
    """A session's chats."""

    filterset_class = ChatFilters
    pagination_class = ByActivity
    serializer_class = ChatRowSerializer
    queryset = Chat.objects.none()  # for the OpenAPI description

    def get_queryset(self) -> QuerySet[Chat]:
        return chats_of(self.session())

    @extend_schema(
        summary="List chats",
        description="The latest activity first, each with its last message.",
        tags=TAGS,
        responses={
            200: ChatRowSerializer(many=True),
            **refusals(e400="validation_error invalid_cursor invalid_limit", e404="session_not_found"),
        },
    )
    def get(self, request: Request, session_id: str) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        last = last_messages(page)
        payloads = [chat_payload(chat, last.get(chat.last_message_id)) for chat in page]
        return self.get_paginated_response(payloads)


class ChatDetail(ChatView):
    """One chat."""

    scope = Scope.SEND

    @extend_schema(
        summary="Read a chat",
        tags=TAGS,
        responses={
            200: ChatRowSerializer,
            **refusals(e400="invalid_chat", e404="session_not_found chat_not_found"),
        },
    )
    def get(self, request: Request, session_id: str, chat: str) -> Response:
        found = self.chat(self.session())
        return Response(chat_payload(found, last_messages([found]).get(found.last_message_id)))

    @extend_schema(
        summary="Archive, pin or mute a chat",
        description="Not possible with this engine, whose changes do not reach the phone: 501.",
        tags=TAGS,
        request=actions.ChatChangeSerializer,
        responses={
            200: ChatRowSerializer,
            **refusals(
                e400="validation_error invalid_chat", e404="session_not_found chat_not_found", e501="unsupported"
            ),
        },
    )
    def patch(self, request: Request, session_id: str, chat: str) -> Response:
        return actions.change(self, request)

    @extend_schema(
        summary="Delete a chat",
        description="With its messages, here only: the account's phone keeps its own.",
        tags=TAGS,
        responses={204: None, **refusals(e400="invalid_chat", e404="session_not_found chat_not_found")},
    )
    def delete(self, request: Request, session_id: str, chat: str) -> Response:
        return actions.delete(self)


class ChatHistory(ChatView, GenericAPIView[Message]):
    """The messages of one chat."""

    filterset_class = MessageFilters
    pagination_class = MessagePages
    of_one_chat = True
    serializer_class = MessageSerializer
    queryset = Message.objects.none()  # for the OpenAPI description

    def get_queryset(self) -> QuerySet[Message]:
        return chat_messages(self.chat(self.session()))

    @extend_schema(
        summary="Read a chat's history",
        description="Newest first, received and sent.",
        tags=TAGS,
        responses={
            200: MessageSerializer(many=True),
            **refusals(
                e400="validation_error invalid_cursor invalid_limit invalid_chat",
                e404="session_not_found chat_not_found",
                e409="search_sealed",
            ),
        },
    )
    def get(self, request: Request, session_id: str, chat: str) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([message_payload(message) for message in page])

"""What people do with a chat: read, type, watch, delete; and what the engine cannot pass on to the phone."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.chats.deleting import chat_delete
from messaging.chats.payloads import chat_payload
from messaging.chats.reading import chat_mark_read
from messaging.chats.timers import timer_set
from messaging.models import ChatKind, chat_kind
from messaging.presence import presence_known
from sessions_app.api.base import ASKED, SessionView, valid
from sessions_app.asking import ask
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.errors import ApiError

from .base import TAGS, ChatView, PersonView
from .serializers import ChatRowSerializer, DisappearingSerializer

CHAT = {"e404": f"{ASKED['e404']} chat_not_found"}
NO_APP_STATE = (
    "The engine cannot write this to the account's phone (neonize 0.5.2 sends such changes to no collection), "
    "so it is not changed here either."
)


class ReadSerializer(serializers.Serializer[Any]):
    """Which messages; all unread ones when left out."""

    messages = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=500, required=False)


class ReadAnswerSerializer(serializers.Serializer[Any]):
    """How many receipts went out."""

    receipts = serializers.IntegerField()


class TypingSerializer(serializers.Serializer[Any]):
    """What the other side sees for some seconds."""

    state = serializers.ChoiceField(["typing", "recording", "paused"])


class PresenceSerializer(serializers.Serializer[Any]):
    """Last known; null when nothing was heard within a day. As in the event `presence.update`."""

    online = serializers.JSONField(allow_null=True)
    typing = serializers.JSONField(allow_null=True)


class AvailableSerializer(serializers.Serializer[Any]):
    """Whether the account appears online."""

    available = serializers.BooleanField(help_text="True silences the notifications of the account's phone.")


class ChatChangeSerializer(serializers.Serializer[Any]):
    """What people set on a chat."""

    archived = serializers.BooleanField(required=False)
    pinned = serializers.BooleanField(required=False)
    muted_until = serializers.DateTimeField(required=False, allow_null=True)


class ChatReading(ChatView):
    """Read receipts."""

    scope = Scope.SEND

    @extend_schema(
        summary="Mark as read",
        description="Tells the senders that their messages were read, and counts them as read here.",
        tags=TAGS,
        request=ReadSerializer,
        responses={200: ReadAnswerSerializer, **refusals(**{**ASKED, **CHAT, "e400": "validation_error invalid_chat"})},
    )
    def post(self, request: Request, session_id: str, chat: str) -> Response:
        session = self.session()
        found = self.chat(session)
        ids = valid(ReadSerializer(data=request.data)).get("messages")
        return Response({"receipts": chat_mark_read(session=session, chat=found, message_ids=ids)})


class ChatTyping(ChatView):
    """Typing."""

    scope = Scope.SEND

    @extend_schema(
        summary="Show typing or recording",
        tags=TAGS,
        request=TypingSerializer,
        responses={
            204: None,
            **refusals(**{**ASKED, "e400": "validation_error invalid_chat"}),
        },
    )
    def post(self, request: Request, session_id: str, chat: str) -> Response:
        session, address = self.session(), self.address()
        ask(session, "chat_presence", {"chat": address, **valid(TypingSerializer(data=request.data))})
        return Response(status=204)


class ChatDisappearing(ChatView):
    """Disappearing messages."""

    scope = Scope.SEND

    @extend_schema(
        summary="Let messages disappear",
        description="All that is said in this chat or group from now on goes after so many seconds, for everybody; 0 "
        "keeps it. What is sent from here follows by itself. In groups an admin may have to do it.",
        tags=TAGS,
        request=DisappearingSerializer,
        responses={200: ChatRowSerializer, **refusals(**{**ASKED, "e400": "validation_error invalid_chat"})},
    )
    def put(self, request: Request, session_id: str, chat: str) -> Response:
        session, address = self.session(), self.address()
        if chat_kind(address) not in (ChatKind.PERSON, ChatKind.GROUP):
            raise ApiError("invalid_chat", "Only chats with a person and groups have a timer.")
        seconds = valid(DisappearingSerializer(data=request.data))["seconds"]
        return Response(chat_payload(timer_set(session=session, jid=address, seconds=seconds)))


class ChatPresence(PersonView):
    """Whether somebody is online."""

    scope = Scope.SEND

    @extend_schema(
        summary="Read presence",
        description="The last that was heard; nothing is heard before a subscription.",
        tags=TAGS,
        responses={200: PresenceSerializer, **refusals(e400="invalid_chat", e404="session_not_found")},
    )
    def get(self, request: Request, session_id: str, chat: str) -> Response:
        known = presence_known(self.session(), self.address())
        return Response({"online": known.get("online"), "typing": known.get("typing")})

    @extend_schema(
        summary="Subscribe to presence",
        description="Events `presence.update` tell of this person from now on, until the session reconnects. WhatsApp "
        "tells only accounts that appear online themselves.",
        tags=TAGS,
        request=None,
        responses={
            204: None,
            **refusals(**{**ASKED, "e400": "invalid_chat invalid_target"}),
        },
    )
    def post(self, request: Request, session_id: str, chat: str) -> Response:
        ask(self.session(), "presence_subscribe", {"jid": self.address()})
        return Response(status=204)


class OwnPresence(SessionView):
    """Whether the account appears online."""

    scope = Scope.SEND

    @extend_schema(
        summary="Appear online or offline",
        tags=TAGS,
        request=AvailableSerializer,
        responses={204: None, **refusals(**{**ASKED, "e400": "validation_error", "e404": "session_not_found"})},
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()
        ask(session, "presence", valid(AvailableSerializer(data=request.data)))
        return Response(status=204)


class ChatLabels(ChatView):
    """Labels of WhatsApp Business."""

    scope = Scope.SEND

    @extend_schema(
        summary="Put a label on a chat",
        description="Not possible with this engine: 501.",
        tags=TAGS,
        request=None,
        responses={204: None, **refusals(e400="invalid_chat", e404="session_not_found", e501="unsupported")},
    )
    def post(self, request: Request, session_id: str, chat: str) -> Response:
        self.chat(self.session())
        raise ApiError("unsupported", NO_APP_STATE, http_status=501)


def change(view: ChatView, request: Request) -> Response:
    """PATCH of a chat: understood, and refused."""
    view.chat(view.session())
    valid(ChatChangeSerializer(data=request.data))
    raise ApiError("unsupported", NO_APP_STATE, http_status=501)


def delete(view: ChatView) -> Response:
    """DELETE of a chat."""
    session = view.session()
    chat_delete(session=session, chat=view.chat(session))
    return Response(status=204)

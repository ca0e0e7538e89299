"""One message as a resource: read it, change what it says, take it back, react to it."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.changing import message_change, message_react, message_withdraw
from messaging.forgetting import message_forget
from messaging.idempotency import Once
from messaging.models import Message, MessageState
from messaging.payloads import message_payload
from messaging.selectors import message_get
from sessions_app.api.base import SessionView, valid
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_input import valid_query
from whatsapp_api.core.api_schema import refusals

from .sending import IDEMPOTENCY, TAGS, answered
from .serializers import (
    DeleteSerializer,
    MessageSerializer,
    MessageUpdateSerializer,
    ReactionBodySerializer,
    WaitSerializer,
)

LEFT = {
    "e404": "session_not_found message_not_found",
    "e409": "session_not_connected message_not_sent message_revoked idempotency_key_reused idempotency_in_progress",
    "e429": "queue_full",
    "e501": "unsupported",
}
ANSWERS = (
    "What has left is changed by a message of its own, which follows it: that one is answered, 202, or 200 once it was "
    "sent within `wait` seconds."
)


class MessageView(SessionView):
    """A view below /sessions/{session_id}/messages/{message_id}."""

    scope = Scope.SEND

    def message(self) -> Message:
        return message_get(self.session(), self.kwargs["message_id"])


class MessageDetail(MessageView):
    """One message."""

    @extend_schema(
        summary="Read a message",
        tags=TAGS,
        responses={200: MessageSerializer, **refusals(e404="session_not_found message_not_found")},
    )
    def get(self, request: Request, session_id: str, message_id: str) -> Response:
        return Response(message_payload(self.message()))

    @extend_schema(
        summary="Change a message",
        description="`text` or `caption` of one that this account wrote in the last minutes (EDIT_WITHIN_MINUTES). One "
        f"that is scheduled is changed itself, also in when it leaves and all that it says. {ANSWERS}",
        tags=TAGS,
        parameters=[WaitSerializer, IDEMPOTENCY],
        request=MessageUpdateSerializer,
        responses={
            200: MessageSerializer,
            202: MessageSerializer,
            **refusals(
                **LEFT
                | {"e400": "validation_error", "e403": "role_too_low message_not_own"}
                | {"e409": f"{LEFT['e409']} message_not_pending message_not_editable edit_too_late"}
            ),
        },
    )
    def patch(self, request: Request, session_id: str, message_id: str) -> Response:
        session, message = self.session(), self.message()

        def change(once: Once | None = None) -> Message:
            body = valid(MessageUpdateSerializer(data=request.data))
            return message_change(session=session, message=message, body=body, once=once)

        if message.state == MessageState.SCHEDULED:
            return Response(message_payload(change()))
        return answered(session, request, change)

    @extend_schema(
        summary="Delete a message",
        description="For everyone: one that waits here is cancelled and stays in the list as `cancelled`; one that has "
        "left is taken back, within REVOKE_WITHIN_HOURS, in groups by an admin whoever wrote it. `for=me` removes it "
        f"here only, with its file: 204. {ANSWERS}",
        tags=TAGS,
        parameters=[DeleteSerializer, IDEMPOTENCY],
        responses={
            200: MessageSerializer,
            202: MessageSerializer,
            204: None,
            **refusals(
                **LEFT
                | {"e400": "validation_error", "e403": "role_too_low message_not_own"}
                | {"e409": f"{LEFT['e409']} message_not_pending revoke_too_late message_under_way"}
            ),
        },
    )
    def delete(self, request: Request, session_id: str, message_id: str) -> Response:
        session, message = self.session(), self.message()
        if valid_query(DeleteSerializer, request.query_params)["for"] == "me":
            message_forget(session=session, message=message)
            return Response(status=204)
        return answered(
            session,
            request,
            lambda once: message_withdraw(session=session, message=message, once=once),
            query=DeleteSerializer,
        )


class MessageReaction(MessageView):
    """The account's own reaction to it."""

    @extend_schema(
        summary="React to a message",
        description=f"It replaces an earlier reaction. {ANSWERS}",
        tags=TAGS,
        parameters=[WaitSerializer, IDEMPOTENCY],
        request=ReactionBodySerializer,
        responses={
            200: MessageSerializer,
            202: MessageSerializer,
            **refusals(**LEFT, e400="validation_error", e403="role_too_low"),
        },
    )
    def put(self, request: Request, session_id: str, message_id: str) -> Response:
        session, message = self.session(), self.message()

        def react(once: Once | None) -> Message:
            emoji = valid(ReactionBodySerializer(data=request.data))["emoji"]
            return message_react(session=session, message=message, emoji=emoji, once=once)

        return answered(session, request, react)

    @extend_schema(
        summary="Take the reaction back",
        description=ANSWERS,
        tags=TAGS,
        parameters=[WaitSerializer, IDEMPOTENCY],
        responses={200: MessageSerializer, 202: MessageSerializer, **refusals(**LEFT, e403="role_too_low")},
    )
    def delete(self, request: Request, session_id: str, message_id: str) -> Response:
        session, message = self.session(), self.message()
        return answered(
            session, request, lambda once: message_react(session=session, message=message, emoji="", once=once)
        )

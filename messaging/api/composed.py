"""Messages that are made of more than the fields of one kind: forwarded ones, and albums."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.albums.sending import album_send
from messaging.delivery import DeliverySerializer
from messaging.fields import ReferenceField
from messaging.forwarding import message_forward
from messaging.idempotency import Once
from messaging.kinds.album import ALBUM
from messaging.kinds.options import EXPIRES, ToSerializer
from messaging.models import Message
from sessions_app.api.base import SessionView, valid
from whatsapp_api.accounts.scopes import Scope

from .sending import PROGRESS, answered, body_serializer, sends, sends_body


class ForwardToSerializer(DeliverySerializer, ToSerializer):
    """The chat that a message goes to."""

    expires = serializers.ChoiceField(
        choices=list(EXPIRES.items()), required=False, help_text="Seconds until the forwarded message disappears."
    )


class ForwardSerializer(ForwardToSerializer):
    """A message that is stored here, and the chat that it goes to."""

    message = ReferenceField(help_text="The message to pass on: its id here, or WhatsApp's id.")


class MessageForward(SessionView):
    """The same for the message in the address."""

    scope = Scope.SEND

    @extend_schema(
        operation_id="sessions_message_forward_create",
        summary="Forward this message",
        description=f"The same as `messages/forward`. {PROGRESS}",
        **sends_body(ForwardToSerializer),
    )
    def post(self, request: Request, session_id: str, message_id: str) -> Response:
        session, named = self.session(), {"message": str(self.kwargs["message_id"])}

        def make(once: Once | None) -> Message:
            body = {**valid(ForwardToSerializer(data=request.data)), **named}
            return message_forward(session=session, body=body, once=once)

        return answered(session, request, make)


class SendForward(SessionView):
    scope = Scope.SEND

    @extend_schema(
        summary="Forward a message",
        description="To another chat, of whatever kind it is, files included; it is marked as forwarded, once more "
        f"than the original. {PROGRESS}",
        **sends_body(ForwardSerializer),
    )
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()

        def make(once: Once | None) -> Message:
            return message_forward(session=session, body=valid(ForwardSerializer(data=request.data)), once=once)

        return answered(session, request, make)


class SendAlbum(SessionView):
    scope = Scope.SEND

    @extend_schema(summary=ALBUM.summary, description=f"{ALBUM.description} {PROGRESS}", **sends(ALBUM))
    def post(self, request: Request, session_id: str) -> Response:
        session = self.session()

        def make(once: Once | None) -> Message:
            return album_send(session=session, body=valid(body_serializer(ALBUM)(data=request.data)), once=once)

        return answered(session, request, make)

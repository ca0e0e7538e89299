"""Messages that have not left, or of which nobody knows: cancel, send again; and who got what."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.payloads import message_payload
from messaging.receipts import receipts_by_person
from messaging.scheduling import message_cancel, message_resend
from messaging.selectors import message_get
from sessions_app.api.base import SessionView
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_schema import refusals

from .serializers import MessageSerializer, ReceiptListSerializer

TAGS = ["Messages"]
REFUSALS = refusals(e403="role_too_low", e404="session_not_found message_not_found", e409="message_not_pending")


class MessageCancel(SessionView):
    scope = Scope.SEND

    @extend_schema(
        summary="Cancel a message",
        description="One that is scheduled or queued. The same as DELETE of the message.",
        tags=TAGS,
        request=None,
        responses={200: MessageSerializer, **REFUSALS},
    )
    def post(self, request: Request, session_id: str, message_id: str) -> Response:
        message = message_get(self.session(), self.kwargs["message_id"])
        return Response(message_payload(message_cancel(message=message)))


class MessageResend(SessionView):
    scope = Scope.SEND

    @extend_schema(
        summary="Send a message again",
        description="The same message, at the end of the queue, after it failed or became unconfirmed. In the latter "
        "case the recipient may get it twice, and the message says so (`possible_duplicate`).",
        tags=TAGS,
        request=None,
        responses={202: MessageSerializer, **REFUSALS},
    )
    def post(self, request: Request, session_id: str, message_id: str) -> Response:
        message = message_get(self.session(), self.kwargs["message_id"])
        return Response(message_payload(message_resend(message=message)), 202)


class MessageReceipts(SessionView):
    @extend_schema(
        summary="Who got a message",
        description="One entry a person, in the order in which they got it.",
        tags=TAGS,
        responses={200: ReceiptListSerializer, **refusals(e404="session_not_found message_not_found")},
    )
    def get(self, request: Request, session_id: str, message_id: str) -> Response:
        message = message_get(self.session(), self.kwargs["message_id"])
        return Response({"results": receipts_by_person(message)})

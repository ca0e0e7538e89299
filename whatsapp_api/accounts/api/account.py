"""What concerns the caller's own account: password, logins, tickets."""

from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from whatsapp_api.accounts.authority import authority_of
from whatsapp_api.accounts.limits.tokens import require_allowance
from whatsapp_api.accounts.login.backend import address_of
from whatsapp_api.accounts.login.services import logins_end
from whatsapp_api.accounts.login.tickets import SECONDS, ticket_make
from whatsapp_api.accounts.members import invitation_accept
from whatsapp_api.accounts.models import User
from whatsapp_api.core.api_input import valid
from whatsapp_api.core.api_schema import refusals

from .member_serializers import InvitationSerializer
from .permissions import OwnAccount
from .token_serializers import PasswordSerializer, TicketSerializer
from .views import PublicView

TAGS = ["Tokens"]


class LogoutEverywhere(APIView):
    permission_classes = (OwnAccount,)

    @extend_schema(
        summary="Log out everywhere",
        description="Every token and every dashboard login of yours is void at its next request. API keys stay.",
        tags=TAGS,
        request=None,
        responses={204: None, **refusals(e403="permission_denied")},
    )
    def post(self, request: Request) -> Response:
        assert isinstance(request.user, User)
        logins_end(user=request.user)
        return Response(status=204)


class Password(APIView):
    permission_classes = (OwnAccount,)

    @extend_schema(
        summary="Change the own password",
        description="Ends all other logins and tokens of yours.",
        tags=TAGS,
        request=PasswordSerializer,
        responses={204: None, **refusals(e400="validation_error", e403="permission_denied")},
    )
    def post(self, request: Request) -> Response:
        user = request.user
        assert isinstance(user, User)
        data = valid(PasswordSerializer(data=request.data, context={"user": user}))
        if authenticate(request._request, username=user.get_username(), password=data["current"]) is None:
            raise ValidationError({"current": ["This is not your password."]})
        user.set_password(data["new"])
        user.save(update_fields=["password"])
        return Response(status=204)


class Invitation(PublicView):
    @extend_schema(
        summary="Accept an invitation",
        description="Sets the password of an account that was made for you. Good once, for three days.",
        tags=TAGS,
        request=InvitationSerializer,
        responses={204: None, **refusals(e400="validation_error", e401="invitation_not_valid", e429="rate_limited")},
    )
    def post(self, request: Request) -> Response:
        require_allowance(request, "token")
        data = valid(InvitationSerializer(data=request.data))
        invitation_accept(invitation=data["invitation"], password=data["password"], address=address_of(request))
        return Response(status=204)


class Ticket(APIView):
    """Also for keys: a page may be given a key's ticket, but never the key."""

    permission_classes = (OwnAccount,)
    allows_keys = True

    @extend_schema(
        summary="Get a ticket for the WebSocket",
        description="For pages that cannot send a header: good for one connection, within half a minute.",
        tags=TAGS,
        request=None,
        responses={200: TicketSerializer},
    )
    def post(self, request: Request) -> Response:
        body = {"ticket": ticket_make(authority_of(request.user)), "expires_in": SECONDS}
        return Response(body, headers={"Cache-Control": "no-store"})

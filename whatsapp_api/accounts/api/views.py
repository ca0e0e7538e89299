"""Tokens: get them with a password, renew, check, end them."""

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import TokenError

from whatsapp_api.accounts.limits.tokens import require_allowance
from whatsapp_api.accounts.login.backend import address_of, attempt_failed
from whatsapp_api.accounts.login.lockout import forgive
from whatsapp_api.accounts.login.second_factor import code_accept
from whatsapp_api.accounts.login.services import login_begin, login_end, login_renew, token_not_valid
from whatsapp_api.accounts.login.tokens import STAMP, AnyToken, stamp_holds
from whatsapp_api.accounts.models import User
from whatsapp_api.core.api_input import valid
from whatsapp_api.core.api_schema import refusals
from whatsapp_api.core.errors import ApiError

from .token_serializers import CredentialsSerializer, PairSerializer, RefreshSerializer, VerifySerializer

TAGS = ["Tokens"]


class PublicView(APIView):
    """Whoever calls has no token yet."""

    permission_classes = ()
    authentication_classes = ()

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if answer.status_code == 401:
            answer["WWW-Authenticate"] = 'Bearer realm="api"'
        return answer


class TokenObtain(PublicView):
    @extend_schema(
        summary="Get tokens",
        description="An access token for the `Authorization` header, and a refresh token to renew it with. Accounts "
        "with a second factor send its `code` as well.",
        tags=TAGS,
        request=CredentialsSerializer,
        responses={
            200: PairSerializer,
            **refusals(e400="validation_error", e401="no_active_account second_factor_required", e429="rate_limited"),
        },
    )
    def post(self, request: Request) -> Response:
        require_allowance(request, "token")
        data = valid(CredentialsSerializer(data=request.data))
        user = authenticate(request._request, username=data["username"], password=data["password"])
        if not isinstance(user, User):
            raise no_active_account()
        _require_code(user, data.get("code", ""), address_of(request))
        update_last_login(User, user)
        agent = request.headers.get("User-Agent", "")
        pair = login_begin(user=user, address=address_of(request), user_agent=agent)
        return _answer(pair.access, pair.refresh)


class TokenRefresh(PublicView):
    @extend_schema(
        summary="Renew the tokens",
        description="A new pair. The refresh token is used up: using it again ends the login, since somebody else may "
        "have it.",
        tags=TAGS,
        request=RefreshSerializer,
        responses={
            200: PairSerializer,
            **refusals(e400="validation_error", e401="token_not_valid no_active_account", e429="rate_limited"),
        },
    )
    def post(self, request: Request) -> Response:
        require_allowance(request, "refresh")
        data = valid(RefreshSerializer(data=request.data))
        pair = login_renew(refresh=data["refresh"], address=address_of(request))
        return _answer(pair.access, pair.refresh)


class TokenVerify(PublicView):
    @extend_schema(
        summary="Check a token",
        description="200 with an empty object: it is good.",
        tags=TAGS,
        request=VerifySerializer,
        responses={200: None, **refusals(e400="validation_error", e401="token_not_valid", e429="rate_limited")},
    )
    def post(self, request: Request) -> Response:
        require_allowance(request, "verify")
        text = valid(VerifySerializer(data=request.data))["token"]
        try:
            token = AnyToken(text)
        except TokenError as error:
            raise token_not_valid() from error
        user = User.objects.filter(pk=token.get("user_id"), is_active=True).first()
        if user is None or not stamp_holds(user, token.get(STAMP)):
            raise token_not_valid()
        return Response({})


class Logout(PublicView):
    @extend_schema(
        summary="Log out",
        description="The refresh token, and all that were renewed from it, renew nothing any more.",
        tags=TAGS,
        request=RefreshSerializer,
        responses={204: None, **refusals(e400="validation_error", e401="token_not_valid", e429="rate_limited")},
    )
    def post(self, request: Request) -> Response:
        require_allowance(request, "refresh")
        login_end(refresh=valid(RefreshSerializer(data=request.data))["refresh"])
        return Response(status=204)


def no_active_account() -> ApiError:
    text = "The username, the password or the code is wrong, the account is not active, or it was tried too often."
    return ApiError("no_active_account", text, http_status=401)


def _require_code(user: User, code: str, address: str) -> None:
    if not user.has_second_factor:
        return
    if not code:
        text = "This account has a second factor: send the `code` that your authenticator app shows."
        raise ApiError("second_factor_required", text, http_status=401)
    if not code_accept(user=user, code=code):
        attempt_failed(user.get_username(), address)
        raise no_active_account()
    forgive(user.get_username(), address)


def _answer(access: str, refresh: str) -> Response:
    body: dict[str, Any] = {"access": access, "refresh": refresh}
    return Response(body, headers={"Cache-Control": "no-store"})

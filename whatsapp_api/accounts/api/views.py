"""Tokens: get one with a password, renew it, check it."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt import serializers
from rest_framework_simplejwt.exceptions import AuthenticationFailed
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView, TokenVerifyView

from whatsapp_api.core.api_schema import refusals

from .throttle import require_allowance

TAGS = ["Tokens"]


class TokenRefreshSerializer(serializers.TokenRefreshSerializer):
    """A token of a user who was deleted is as good as none; upstream lets the look-up's error through."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        try:
            return super().validate(attrs)
        except ObjectDoesNotExist as error:
            raise AuthenticationFailed("The account of this token is gone.", "no_active_account") from error


class TokenObtain(TokenObtainPairView):
    @extend_schema(
        summary="Get tokens",
        description="An access token for the `Authorization` header, and a refresh token to renew it with.",
        tags=TAGS,
        responses={
            200: serializers.TokenObtainPairSerializer,
            **refusals(e400="validation_error", e401="no_active_account", e429="rate_limited"),
        },
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        require_allowance(request, "token")
        return super().post(request, *args, **kwargs)


class TokenRefresh(TokenRefreshView):
    serializer_class = TokenRefreshSerializer

    @extend_schema(
        summary="Renew the access token",
        tags=TAGS,
        responses={
            200: TokenRefreshSerializer,
            **refusals(e400="validation_error", e401="token_not_valid no_active_account", e429="rate_limited"),
        },
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        require_allowance(request, "refresh")
        return super().post(request, *args, **kwargs)


class TokenVerify(TokenVerifyView):
    @extend_schema(
        summary="Check a token",
        description="200 with an empty object: it is good.",
        tags=TAGS,
        responses={200: None, **refusals(e400="validation_error", e401="token_not_valid", e429="rate_limited")},
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        require_allowance(request, "verify")
        return super().post(request, *args, **kwargs)

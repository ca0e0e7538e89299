"""API keys over REST: `X-Api-Key: wak_…` or `Authorization: Bearer wak_…`."""

from typing import Any

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed

from whatsapp_api.accounts.keys.authentication import key_user
from whatsapp_api.accounts.keys.models import ApiKey
from whatsapp_api.accounts.keys.secret import MARK
from whatsapp_api.accounts.login.tokens import STAMP, stamp_holds
from whatsapp_api.accounts.models import User


class ApiKeyAuthentication(BaseAuthentication):
    """Before JWT, which would take a key for a malformed token."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        text = key_text(request.headers.get("X-Api-Key"), request.headers.get("Authorization", ""))
        return None if text is None else key_user(text, str(request.META.get("REMOTE_ADDR", "")))

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def key_text(api_key: str | None, authorization: str) -> str | None:
    """The key in either header, if any; a header that is there but empty is a wrong key, not the lack of one."""
    if api_key is not None:
        return api_key.strip()
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and token.startswith(MARK) else None


class TokenAuthentication(JWTAuthentication):
    """JSON Web Tokens; void once the password has changed or the user logged out everywhere."""

    def get_user(self, validated_token: Any) -> Any:
        user = super().get_user(validated_token)
        assert isinstance(user, User)
        if not stamp_holds(user, validated_token.get(STAMP)):
            raise AuthenticationFailed("This login was ended; log in again.", "token_revoked")
        return user


class TokenScheme(SimpleJWTScheme):  # type: ignore[no-untyped-call]
    """The OpenAPI description of the class above."""

    target_class = "whatsapp_api.accounts.api.authentication.TokenAuthentication"


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI description calls it."""

    target_class = "whatsapp_api.accounts.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "X-Api-Key"}

"""The proxy that one session goes through."""

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from sessions_app.proxies import BadProxy, proxy_payload, proxy_read
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.api_schema import refusals

from .base import SessionView, valid
from .life import ANSWERS
from .serializers import ProxyNowSerializer, ProxyUpdateSerializer

TAGS = ["Sessions"]
RESTARTS = " 202: the session was under way and restarts for it; 200: it counts from the next start."


class SessionProxy(SessionView):
    """What it is, and changing it."""

    scope = Scope.SETTINGS  # to change it

    @extend_schema(
        summary="Look at the proxy",
        description="`proxy` is null when the session goes to WhatsApp directly. Credentials are never shown.",
        tags=TAGS,
        responses={200: ProxyNowSerializer, **refusals(e404="session_not_found")},
    )
    def get(self, request: Request, session_id: str) -> Response:
        return Response({"proxy": proxy_payload(self.session())})

    @extend_schema(
        summary="Set the proxy",
        description="All its traffic goes through it. The credentials are stored encrypted and never shown." + RESTARTS,
        tags=TAGS,
        request=ProxyUpdateSerializer,
        responses=ANSWERS,
    )
    def put(self, request: Request, session_id: str) -> Response:
        session = self.session()
        data = valid(ProxyUpdateSerializer(data=request.data))
        try:
            proxy = proxy_read(data["url"], data.get("username", ""), data.get("password", ""))
        except BadProxy as error:
            raise ValidationError({error.field: [str(error)]}) from error
        return self.accepted(session, services.session_proxy_set(session=session, proxy=proxy))

    @extend_schema(
        summary="Remove the proxy",
        description="The session goes to WhatsApp directly." + RESTARTS,
        tags=TAGS,
        request=None,
        responses=ANSWERS,
    )
    def delete(self, request: Request, session_id: str) -> Response:
        session = self.session()
        return self.accepted(session, services.session_proxy_set(session=session, proxy=None))

"""HTTP by Django, WebSockets by Channels."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whatsapp_api.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter

from whatsapp_api.core.api_limits import BodyLimit, HeaderLimit
from whatsapp_api.core.api_uploads import UploadBody
from whatsapp_api.core.client_address import ClientAddress
from whatsapp_api.core.log_levels import watch
from whatsapp_api.health.views import begin
from whatsapp_api.routing import STREAM, event_stream, websockets

django_http = UploadBody(BodyLimit(django_application))


async def http(scope: Any, receive: Any, send: Any) -> None:
    """Event streams stay open: they are not Django's, which would hold a thread for each."""
    serve = event_stream if scope["path"] == STREAM else django_http
    await serve(scope, receive, send)


application = ProtocolTypeRouter({"http": HeaderLimit(ClientAddress(http)), "websocket": ClientAddress(websockets)})
watch()
begin()

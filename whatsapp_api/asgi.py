"""HTTP by Django, WebSockets by Channels."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whatsapp_api.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter

from whatsapp_api.core.api_limits import BodyLimit
from whatsapp_api.routing import websockets

application = ProtocolTypeRouter({"http": BodyLimit(django_application), "websocket": websockets})

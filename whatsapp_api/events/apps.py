import uuid

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "whatsapp_api.events"

    def ready(self) -> None:
        from whatsapp_api.accounts.security_events import Security, security_sink_register

        from . import personal_data
        from .models import EventType
        from .publish import publish

        def sink(kind: Security, workspace_id: uuid.UUID, payload: dict[str, str]) -> None:
            publish(EventType(kind.value), workspace_id=workspace_id, session_id=None, payload=payload)

        security_sink_register(sink)
        personal_data.register()

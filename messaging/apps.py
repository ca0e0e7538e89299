from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self) -> None:
        from whatsapp_api.events.schemas import payloads_register

        from . import gauges, health, personal_data, wiring
        from .media import removal
        from .search import prepare

        wiring.register()
        personal_data.register()
        health.register()
        gauges.register()
        removal.register()
        prepare.connect(self)
        payloads_register("messaging.event_payloads")

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions_app"
    verbose_name = "WhatsApp sessions"

    def ready(self) -> None:
        from whatsapp_api.events.schemas import payloads_register

        from . import gauges, health, removal

        health.register()
        gauges.register()
        removal.register()
        payloads_register("sessions_app.event_payloads")

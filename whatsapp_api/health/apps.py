from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "whatsapp_api.health"

    def ready(self) -> None:
        from . import parts, signs

        parts.register()
        signs.install()

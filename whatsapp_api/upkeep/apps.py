from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    name = "whatsapp_api.upkeep"

    def ready(self) -> None:
        from . import record

        record.install()

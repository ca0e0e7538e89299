from django.apps import AppConfig


class BroadcastsConfig(AppConfig):
    name = "messaging.broadcasts"

    def ready(self) -> None:
        from . import personal_data, wiring

        wiring.register()
        personal_data.register()

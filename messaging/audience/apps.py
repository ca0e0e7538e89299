from django.apps import AppConfig


class AudienceConfig(AppConfig):
    name = "messaging.audience"

    def ready(self) -> None:
        from . import personal_data

        personal_data.register()

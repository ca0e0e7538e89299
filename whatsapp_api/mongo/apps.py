from django.apps import AppConfig


class MongoConfig(AppConfig):
    name = "whatsapp_api.mongo"

    def ready(self) -> None:
        from . import indexes

        indexes.connect()

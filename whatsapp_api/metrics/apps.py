from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "whatsapp_api.metrics"

    def ready(self) -> None:
        from . import tasks_watch

        tasks_watch.install()

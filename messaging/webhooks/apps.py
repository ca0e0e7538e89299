from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "messaging.webhooks"

    def ready(self) -> None:
        from . import backlog

        backlog.register()

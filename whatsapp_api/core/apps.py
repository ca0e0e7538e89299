from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "whatsapp_api.core"

    def ready(self) -> None:
        # Binds @shared_task to our Celery app in every process that uses Django.
        from whatsapp_api import celery  # noqa: F401

        from . import task_logs

        task_logs.install()

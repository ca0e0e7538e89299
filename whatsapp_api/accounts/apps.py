from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "whatsapp_api.accounts"

    def ready(self) -> None:
        from whatsapp_api.core.command_trail import command_sink_register

        from . import access_changes
        from .audit.commands import command_audit

        command_sink_register(command_audit)
        access_changes.connect()

from django.apps import AppConfig


class BackupConfig(AppConfig):
    name = "whatsapp_api.backup"

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "whatsapp_api.accounts"

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "whatsapp_api.events"

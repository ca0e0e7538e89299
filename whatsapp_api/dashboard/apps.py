"""The admin dashboard: Django's admin with our own site and pages."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "whatsapp_api.dashboard"

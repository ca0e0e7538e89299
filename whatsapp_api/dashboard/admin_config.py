"""Django's admin app with our own site; apart from apps.py, which may declare one default AppConfig only."""

from django.contrib.admin.apps import AdminConfig

from whatsapp_api.mongo.contrib import OBJECT_ID


class DashboardAdminConfig(AdminConfig):
    default_site = "whatsapp_api.dashboard.site.DashboardSite"


class MongoDashboardAdminConfig(DashboardAdminConfig):
    default_auto_field = OBJECT_ID

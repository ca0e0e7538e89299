"""Everything below /api/v1/."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

from sessions_app.selectors import session_workspaces
from whatsapp_api.events.api import EventList

urlpatterns = [
    path("openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
    path("auth/", include("whatsapp_api.accounts.api.urls")),
    path("", include("sessions_app.api.urls")),
    path("", include("sessions_app.api.sandbox_urls")),
    path("", include("messaging.api.urls")),
    path("events", EventList.as_view(session_workspaces=session_workspaces), name="events"),
]

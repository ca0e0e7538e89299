"""Everything below /api/v1/."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

urlpatterns = [
    path("openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
    path("auth/", include("whatsapp_api.accounts.api.urls")),
    path("", include("sessions_app.api.urls")),
    path("", include("messaging.api.urls")),
]

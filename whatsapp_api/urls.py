"""Every HTTP address."""

from django.contrib import admin
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerView


def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Whether it can work is another question."""
    return JsonResponse({"status": "ok"})


urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("whatsapp_api.api_v1")),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="openapi"), name="docs"),
    path("api/redoc/", SpectacularRedocView.as_view(url_name="openapi"), name="redoc"),
    path("api/health/live", live, name="health-live"),
]

handler400 = "whatsapp_api.core.api_pages.bad_request"
handler403 = "whatsapp_api.core.api_pages.permission_denied"
handler404 = "whatsapp_api.core.api_pages.not_found"
handler500 = "whatsapp_api.core.api_pages.server_error"

"""Every HTTP address."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView

from whatsapp_api.core.api_pages import not_found
from whatsapp_api.health.views import health, live, ready
from whatsapp_api.metrics.views import metrics

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("whatsapp_api.api_v1")),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="openapi"), name="docs"),
    path("api/redoc/", SpectacularRedocView.as_view(url_name="openapi"), name="redoc"),
    path("metrics", metrics, name="metrics"),
    path("api/health", health, name="health"),
    path("api/health/live", live, name="health-live"),
    path("api/health/ready", ready, name="health-ready"),
    # With DEBUG Django would answer with a page for developers, which no program can read.
    re_path(r"^api/", csrf_exempt(not_found)),
]

handler400 = "whatsapp_api.core.api_pages.bad_request"
handler403 = "whatsapp_api.core.api_pages.permission_denied"
handler404 = "whatsapp_api.core.api_pages.not_found"
handler500 = "whatsapp_api.core.api_pages.server_error"

"""Below /api/v1/auth/."""

from django.urls import path

from . import views

urlpatterns = [
    path("token", views.TokenObtain.as_view(), name="token"),
    path("token/refresh", views.TokenRefresh.as_view(), name="token-refresh"),
    path("token/verify", views.TokenVerify.as_view(), name="token-verify"),
]

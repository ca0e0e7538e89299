"""Below /api/v1/."""

from django.urls import include, path

from . import life, pairing_code, proxy, qr, views

urlpatterns = [
    path("sessions", views.SessionList.as_view(), name="sessions"),
    path("sessions/<uuid:session_id>", views.SessionDetail.as_view(), name="session"),
    path("sessions/<uuid:session_id>/start", life.Start.as_view(), name="session-start"),
    path("sessions/<uuid:session_id>/stop", life.Stop.as_view(), name="session-stop"),
    path("sessions/<uuid:session_id>/restart", life.Restart.as_view(), name="session-restart"),
    path("sessions/<uuid:session_id>/logout", life.Logout.as_view(), name="session-logout"),
    path("sessions/<uuid:session_id>/qr", qr.Qr.as_view(), name="session-qr"),
    path("sessions/<uuid:session_id>/pairing-code", pairing_code.PairingCode.as_view(), name="session-pairing-code"),
    path("sessions/<uuid:session_id>/proxy", proxy.SessionProxy.as_view(), name="session-proxy"),
    path("", include("sessions_app.api.sandbox_urls")),
]

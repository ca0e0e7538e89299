"""Below /api/v1/: simulated phones."""

from django.urls import path

from . import sandbox

urlpatterns = [
    path("sessions/<uuid:session_id>/simulated-scan", sandbox.SimulatedScan.as_view(), name="simulated-scan"),
    path("sessions/<uuid:session_id>/simulated-message", sandbox.SimulatedMessage.as_view(), name="simulated-message"),
    path("sessions/<uuid:session_id>/simulated-phone", sandbox.SimulatedPhone.as_view(), name="simulated-phone"),
]

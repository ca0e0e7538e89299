"""Below /api/v1/."""

from django.urls import path

from . import views

urlpatterns = [
    path("sessions/<uuid:session_id>/messages", views.MessageList.as_view(), name="messages"),
    path("sessions/<uuid:session_id>/messages/<uuid:message_id>", views.MessageDetail.as_view(), name="message"),
]

"""Below /api/v1/."""

from django.urls import path

from . import deliveries, replays, secrets, views

ONE = "webhooks/<uuid:webhook_id>"
DELIVERY = f"{ONE}/deliveries/<uuid:delivery_id>"

urlpatterns = [
    path("webhooks", views.EndpointList.as_view(), name="webhooks"),
    path("sessions/<uuid:session_id>/webhooks", views.SessionEndpointList.as_view(), name="session-webhooks"),
    path(ONE, views.EndpointDetail.as_view(), name="webhook"),
    path(f"{ONE}/enable", views.Enable.as_view(), name="webhook-enable"),
    path(f"{ONE}/disable", views.Disable.as_view(), name="webhook-disable"),
    path(f"{ONE}/ping", deliveries.Ping.as_view(), name="webhook-ping"),
    path(f"{ONE}/figures", views.Figures.as_view(), name="webhook-figures"),
    path(f"{ONE}/secrets", secrets.SecretList.as_view(), name="webhook-secrets"),
    path(f"{ONE}/secrets/<uuid:secret_id>", secrets.SecretDetail.as_view(), name="webhook-secret"),
    path(f"{ONE}/deliveries", deliveries.DeliveryList.as_view(), name="webhook-deliveries"),
    path(f"{ONE}/deliveries/replay", deliveries.DeliveriesReplay.as_view(), name="webhook-deliveries-replay"),
    path(DELIVERY, deliveries.DeliveryDetail.as_view(), name="webhook-delivery"),
    path(
        f"{ONE}/deliveries/<uuid:delivery_id>/replay",
        deliveries.DeliveryReplay.as_view(),
        name="webhook-delivery-replay",
    ),
    path(f"{ONE}/replays", replays.ReplayList.as_view(), name="webhook-replays"),
    path(f"{ONE}/replays/<uuid:replay_id>", replays.ReplayDetail.as_view(), name="webhook-replay"),
]

"""Below /api/v1/sessions/{session_id}/."""

from django.urls import path

from . import views

urlpatterns = [
    path("channels", views.ChannelList.as_view(), name="channels"),
    path("channels/preview", views.ChannelPreview.as_view(), name="channel-preview"),
    path("channels/<str:channel>", views.ChannelDetail.as_view(), name="channel"),
    path("channels/<str:channel>/follow", views.ChannelFollow.as_view(), name="channel-follow"),
    path("channels/<str:channel>/mute", views.ChannelMute.as_view(), name="channel-mute"),
    path("channels/<str:channel>/messages", views.ChannelMessages.as_view(), name="channel-messages"),
    path("channels/<str:channel>/reactions", views.ChannelReactions.as_view(), name="channel-reactions"),
]

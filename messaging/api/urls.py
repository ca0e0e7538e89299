"""Below /api/v1/."""

from django.urls import include, path

from messaging.kinds import KINDS

from . import composed, detail, media, pending, templates, views
from .sending import kind_view

urlpatterns = [
    path("media", media.MediaList.as_view(), name="media-list"),
    path("media/<uuid:media_id>", media.MediaDetail.as_view(), name="media"),
    path("media/<uuid:media_id>/content", media.MediaContent.as_view(), name="media-content"),
    path("media/<uuid:media_id>/thumbnail", media.MediaThumbnail.as_view(), name="media-thumbnail"),
    path("sessions/<uuid:session_id>/messages", views.MessageList.as_view(), name="messages"),
    path("sessions/<uuid:session_id>/messages/<uuid:message_id>", detail.MessageDetail.as_view(), name="message"),
    path(
        "sessions/<uuid:session_id>/messages/<uuid:message_id>/reaction",
        detail.MessageReaction.as_view(),
        name="message-reaction",
    ),
    path(
        "sessions/<uuid:session_id>/messages/<uuid:message_id>/forward",
        composed.MessageForward.as_view(),
        name="message-forward",
    ),
    path("templates", templates.TemplateList.as_view(), name="templates"),
    path("templates/<uuid:template_id>", templates.TemplateDetail.as_view(), name="template"),
    path("templates/<uuid:template_id>/preview", templates.TemplatePreview.as_view(), name="template-preview"),
    path("sessions/<uuid:session_id>/messages/template", templates.SendTemplate.as_view(), name="send-template"),
    path("sessions/<uuid:session_id>/messages/album", composed.SendAlbum.as_view(), name="send-album"),
    path("sessions/<uuid:session_id>/messages/forward", composed.SendForward.as_view(), name="send-forward"),
    path("sessions/<uuid:session_id>/messages/<uuid:message_id>/cancel", pending.MessageCancel.as_view()),
    path("sessions/<uuid:session_id>/messages/<uuid:message_id>/resend", pending.MessageResend.as_view()),
    path("sessions/<uuid:session_id>/messages/<uuid:message_id>/receipts", pending.MessageReceipts.as_view()),
    path(
        "sessions/<uuid:session_id>/messages/<uuid:message_id>/media/download",
        media.MessageMediaDownload.as_view(),
        name="message-media-download",
    ),
    *(
        path(f"sessions/<uuid:session_id>/messages/{name.replace('_', '-')}", kind_view(kind), name=f"send-{name}")
        for name, kind in KINDS.items()
    ),
    path("sessions/<uuid:session_id>/", include("messaging.api.chats.urls")),
    path("sessions/<uuid:session_id>/", include("messaging.api.groups.urls")),
    path("sessions/<uuid:session_id>/", include("messaging.api.channels.urls")),
    path("sessions/<uuid:session_id>/", include("messaging.api.people.urls")),
]

"""Below /api/v1/sessions/{session_id}/."""

from django.urls import path

from . import actions, views

urlpatterns = [
    path("chats", views.ChatList.as_view(), name="chats"),
    path("chats/<str:chat>", views.ChatDetail.as_view(), name="chat"),
    path("chats/<str:chat>/messages", views.ChatHistory.as_view(), name="chat-messages"),
    path("chats/<str:chat>/read", actions.ChatReading.as_view(), name="chat-read"),
    path("chats/<str:chat>/typing", actions.ChatTyping.as_view(), name="chat-typing"),
    path("chats/<str:chat>/presence", actions.ChatPresence.as_view(), name="chat-presence"),
    path("chats/<str:chat>/labels", actions.ChatLabels.as_view(), name="chat-labels"),
    path("chats/<str:chat>/disappearing", actions.ChatDisappearing.as_view(), name="chat-disappearing"),
    path("presence", actions.OwnPresence.as_view(), name="presence"),
]

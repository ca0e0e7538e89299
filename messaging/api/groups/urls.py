"""Below /api/v1/sessions/{session_id}/."""

from django.urls import path

from . import joining, views

urlpatterns = [
    path("groups", views.GroupList.as_view(), name="groups"),
    path("groups/preview", joining.GroupPreview.as_view(), name="group-preview"),
    path("groups/join", joining.GroupJoin.as_view(), name="group-join"),
    path("groups/<str:group>", views.GroupDetail.as_view(), name="group"),
    path("groups/<str:group>/participants", views.GroupParticipants.as_view(), name="group-participants"),
    path("groups/<str:group>/invite", joining.GroupInvite.as_view(), name="group-invite"),
    path("groups/<str:group>/picture", joining.GroupPicture.as_view(), name="group-picture"),
    path("groups/<str:group>/requests", joining.GroupRequests.as_view(), name="group-requests"),
    path("groups/<str:group>/leave", joining.GroupLeave.as_view(), name="group-leave"),
]

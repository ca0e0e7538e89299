"""Below /api/v1/sessions/{session_id}/."""

from django.urls import path

from . import views

urlpatterns = [
    path("contacts", views.ContactList.as_view(), name="contacts"),
    path("contacts/check", views.ContactCheck.as_view(), name="contacts-check"),
    path("contacts/<str:chat>", views.ContactDetail.as_view(), name="contact"),
    path("contacts/<str:chat>/picture", views.ContactPicture.as_view(), name="contact-picture"),
    path("contacts/<str:chat>/addresses", views.ContactPair.as_view(), name="contact-addresses"),
    path("blocklist", views.BlockList.as_view(), name="blocklist"),
    path("blocklist/<str:chat>", views.BlockDetail.as_view(), name="blocklist-entry"),
    path("profile", views.Profile.as_view(), name="profile"),
    path("profile/picture", views.ProfilePicture.as_view(), name="profile-picture"),
    path("contacts/<str:chat>/business", views.BusinessProfile.as_view(), name="contact-business"),
    path("privacy", views.Privacy.as_view(), name="privacy"),
    path("privacy/disappearing", views.DefaultTimer.as_view(), name="default-timer"),
    path("calls/<str:call_id>/reject", views.CallReject.as_view(), name="call-reject"),
]

"""Everything below /api/v1/."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

from sessions_app.selectors import session_workspaces
from whatsapp_api.accounts.api.audit import AuditCsv, AuditList, AuditNdjson, AuditVerify
from whatsapp_api.accounts.api.keys import KeyDetail, KeyList
from whatsapp_api.accounts.api.members import MemberDetail, MemberList, WorkspaceDetail, WorkspaceList
from whatsapp_api.accounts.api.personal_data import ContactErase, ContactExport
from whatsapp_api.events.api import EventList
from whatsapp_api.events.types_api import EventTypes

urlpatterns = [
    path("openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
    path("auth/", include("whatsapp_api.accounts.api.urls")),
    path("personal-data/export", ContactExport.as_view(), name="contact-export"),
    path("personal-data/erase", ContactErase.as_view(), name="contact-erase"),
    path("workspaces", WorkspaceList.as_view(), name="workspaces"),
    path("workspaces/<uuid:workspace_id>", WorkspaceDetail.as_view(), name="workspace"),
    path("workspaces/<uuid:workspace_id>/members", MemberList.as_view(), name="members"),
    path("workspaces/<uuid:workspace_id>/members/<uuid:membership_id>", MemberDetail.as_view(), name="member"),
    path("audit", AuditList.as_view(), name="audit"),
    path("audit.csv", AuditCsv.as_view(), name="audit-csv"),
    path("audit.ndjson", AuditNdjson.as_view(), name="audit-ndjson"),
    path("audit/verify", AuditVerify.as_view(), name="audit-verify"),
    path("keys", KeyList.as_view(session_workspaces=session_workspaces), name="keys"),
    path("keys/<uuid:key_id>", KeyDetail.as_view(session_workspaces=session_workspaces), name="key"),
    path("", include("sessions_app.api.urls")),
    path("", include("sessions_app.api.sandbox_urls")),
    path("", include("messaging.api.urls")),
    path("", include("messaging.webhooks.api.urls")),
    path("audience/", include("messaging.audience.api.urls")),
    path("", include("messaging.broadcasts.api.urls")),
    path("events/types", EventTypes.as_view(), name="event-types"),
    path("events", EventList.as_view(session_workspaces=session_workspaces), name="events"),
]

"""The page of API keys. It makes, lists and revokes them over the REST API."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import get_script_prefix
from django.views.decorators.http import require_GET

from sessions_app.models import Session
from whatsapp_api.accounts.admin_access import workspaces_offered, workspaces_with
from whatsapp_api.accounts.scopes import Scope

SCOPES = {
    Scope.READ: "look at sessions, messages and events",
    Scope.SEND: "send messages, mark as read, change groups",
    Scope.CONTROL: "create, start, stop, pair and delete sessions",
    Scope.SETTINGS: "change settings, proxies and templates",
    Scope.WEBHOOKS: "manage webhooks",
    Scope.ADMIN: "manage keys and members, read the audit trail",
}
SESSIONS_LISTED = 200


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """For those who may manage the keys of some workspace; 403 for everybody else."""
    mine = workspaces_with(request, Scope.ADMIN)
    if not mine:
        raise PermissionDenied
    rows = Session.objects.filter(deleted_at=None, workspace_id__in=mine).order_by("name")
    sessions = list(rows[:SESSIONS_LISTED])
    context = {
        **admin.site.each_context(request),
        "title": "API keys",
        "scopes": [{"name": scope.value, "text": text} for scope, text in SCOPES.items()],
        "workspaces": workspaces_offered(request, Scope.ADMIN),
        "sessions": sessions,
        "page_data": {
            "api": f"{get_script_prefix()}api/v1/keys",
            "sessions": {str(session.pk): session.name for session in sessions},
        },
    }
    return TemplateResponse(request, "dashboard/keys.html", context)

"""The page that asks before a workspace is removed, and shows how far that is."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from whatsapp_api.accounts.authority import authority_of
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.errors import ApiError

from .parts import parts
from .services import workspace_remove


def removal_page(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Django's own page would gather every row that goes, and leave accounts linked and files behind."""
    if not admin.has_delete_permission(request):
        raise PermissionDenied
    workspace = admin.get_object(request, object_id)
    if workspace is None:
        raise Http404("There is no such workspace.")
    back, confirm, error = reverse("admin:accounts_workspace_changelist"), request.POST.get("confirm", ""), ""
    if request.method == "POST":
        try:
            workspace_remove(authority=authority_of(request.user), workspace=workspace, confirm=confirm)
        except ApiError as refusal:
            error = refusal.message
        else:
            messages.warning(request, f"{workspace.name} is being removed with everything in it.")
            return HttpResponseRedirect(back)
    context = admin.admin_site.each_context(request) | {
        "title": "Remove a workspace",
        "opts": admin.opts,
        "workspace": workspace,
        "sessions": next(part.left(workspace.pk) for part in parts() if part.name == "sessions"),
        "progress": progress_text(workspace),
        "confirm": confirm,
        "error": error,
        "back": back,
    }
    return TemplateResponse(request, "dashboard/workspace_remove.html", context, status=400 if error else 200)


def progress_text(workspace: Workspace) -> str:
    """Empty for one that stays."""
    if workspace.removal_at is None:
        return ""
    now = workspace.removal_progress
    return f"removing {now['removing']}, {now['left']} left" if now else "about to be removed"

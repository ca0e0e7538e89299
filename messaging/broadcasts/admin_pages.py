"""Pages about broadcasts: all of them, what is planned, the wizard of a draft, and the live page of what began."""

import uuid
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import get_script_prefix, reverse

from messaging.models import Template
from messaging.templating.render import variables_of
from sessions_app.display import look as session_look
from sessions_app.models import Session
from whatsapp_api.accounts.admin_access import workspaces_offered, workspaces_with
from whatsapp_api.accounts.scopes import Scope

from .looks import LOOKS, REASONS, RECIPIENT_LOOKS
from .models import Broadcast, BroadcastState
from .payloads import broadcast_payload

if TYPE_CHECKING:
    from .admin import BroadcastAdmin

LISTED = 200


def broadcast_list(admin: "BroadcastAdmin", request: HttpRequest) -> HttpResponse:
    _require_view(admin, request)
    return _page(admin, request, "broadcast_list", "Broadcasts", shown={"looks": LOOKS})


def broadcast_calendar(admin: "BroadcastAdmin", request: HttpRequest) -> HttpResponse:
    _require_view(admin, request)
    return _page(admin, request, "broadcast_calendar", "Calendar of broadcasts")


def broadcast_add(admin: "BroadcastAdmin", request: HttpRequest) -> HttpResponse:
    """A name makes a draft; the wizard is the draft's page."""
    if not admin.has_add_permission(request):
        raise PermissionDenied
    return _page(admin, request, "broadcast_add", "New broadcast")


def broadcast_page(admin: "BroadcastAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    broadcast = _visible(admin, request, object_id)
    may_act = broadcast.workspace_id in workspaces_with(request, Scope.SEND)
    address = f"{_api()}/broadcasts/{broadcast.pk}"
    own = {
        "broadcast": broadcast_payload(broadcast),
        "may_act": may_act,
        "address": address,
        "media": f"{_api()}/media",
    }
    shown = {"original": broadcast, "broadcast": broadcast, "may_act": may_act, "sessions": _sessions(broadcast)}
    if broadcast.state == BroadcastState.DRAFT and may_act:
        return _wizard(admin, request, broadcast, shown, own)
    looks = {"look": LOOKS[BroadcastState(broadcast.state)], "recipient_looks": RECIPIENT_LOOKS}
    return _page(admin, request, "broadcast", broadcast.name, page_data=own, shown=shown | looks)


def _wizard(
    admin: "BroadcastAdmin", request: HttpRequest, broadcast: Broadcast, shown: dict[str, Any], own: dict[str, Any]
) -> HttpResponse:
    templates = Template.objects.filter(workspace_id=broadcast.workspace_id).order_by("name")[:LISTED]
    own["templates"] = [
        {
            "id": str(each.pk),
            "name": each.name,
            "kind": each.kind,
            "content": each.fields,
            "defaults": each.defaults,
            "variables": sorted(variables_of(each.fields)),
        }
        for each in templates
    ]
    own["sessions"] = [_session(each) for each in shown["sessions"]]
    shown["zones"] = sorted(available_timezones())
    return _page(admin, request, "broadcast_wizard", broadcast.name, page_data=own, shown=shown)


def _sessions(broadcast: Broadcast) -> list[Session]:
    """Of its workspace, linked ones first."""
    rows = Session.objects.filter(workspace_id=broadcast.workspace_id, deleted_at=None).order_by("name")[:LISTED]
    return sorted(rows, key=lambda each: not each.is_paired)


def _session(session: Session) -> dict[str, Any]:
    look = session_look(session.state)
    return {"id": str(session.pk), "name": session.name, "linked": session.is_paired, "state": look.label}


def _visible(admin: "BroadcastAdmin", request: HttpRequest, object_id: str) -> Broadcast:
    """404 for what is not yours: whether it exists is nobody's business."""
    _require_view(admin, request)
    try:
        broadcast: Broadcast | None = admin.get_queryset(request).filter(pk=uuid.UUID(object_id)).first()
    except ValueError:
        broadcast = None
    if broadcast is None:
        raise Http404("There is no such broadcast.")
    return broadcast


def _require_view(admin: "BroadcastAdmin", request: HttpRequest) -> None:
    if not admin.has_view_permission(request):
        raise PermissionDenied


def _api() -> str:
    return f"{get_script_prefix()}api/v1"


def _page(
    admin: "BroadcastAdmin",
    request: HttpRequest,
    template: str,
    title: str,
    *,
    page_data: dict[str, Any] | None = None,
    shown: dict[str, Any] | None = None,
) -> HttpResponse:
    mine = workspaces_with(request, Scope.SEND)
    everywhere = {
        "api": _api(),
        "media": f"{_api()}/media",
        "page": reverse("admin:broadcasts_broadcast_changelist"),
        "may_act": bool(mine),
        "looks": LOOKS,
        "recipient_looks": RECIPIENT_LOOKS,
        "reasons": REASONS,
    }
    context = {
        **admin.admin_site.each_context(request),
        "title": title,
        "opts": admin.opts,
        "may_act": bool(mine),
        "workspaces": workspaces_offered(request, Scope.SEND),
        **(shown or {}),
        "page_data": everywhere | (page_data or {}),
    }
    return TemplateResponse(request, f"dashboard/{template}.html", context)

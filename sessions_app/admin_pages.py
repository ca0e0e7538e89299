"""Pages about one session: adding it, and living with it."""

import json
import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import get_script_prefix, reverse

from whatsapp_api.accounts.admin_access import visible_workspaces, writable_workspaces
from whatsapp_api.core.errors import ApiError
from whatsapp_api.events.models import EventCounter

from . import debug, sandbox_phones, services
from .admin_forms import SessionForm
from .display import look, states_payload
from .models import HistorySync, PairingMethod, Provider, Session
from .payloads import session_payload

if TYPE_CHECKING:
    from .admin import SessionAdmin


def session_add(admin: "SessionAdmin", request: HttpRequest) -> HttpResponse:
    """Name, provider, way of pairing; then straight to the session page with the session starting."""
    if not admin.has_add_permission(request):
        raise PermissionDenied
    workspaces = writable_workspaces(request)
    form = SessionForm(request.POST or None, workspaces=workspaces, initial={"provider": _wished_provider(request)})
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(_page_url(_create_and_start(request, form.cleaned_data)))
        except ApiError as error:
            form.add_error(None, error.message)
    context = _chrome(admin, request, "Add an account") | {"form": form}
    return TemplateResponse(request, "dashboard/session_add.html", context, status=400 if form.errors else 200)


def try_sandbox(admin: "SessionAdmin", request: HttpRequest) -> HttpResponse:
    """A sandbox session by one click."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not admin.has_add_permission(request):
        raise PermissionDenied
    try:
        session = _create_and_start(request, {"name": "Sandbox", "provider": Provider.SANDBOX})
    except ApiError as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(reverse("admin:sessions_app_session_changelist"))
    return HttpResponseRedirect(_page_url(session))


def session_page(admin: "SessionAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Everything about one session, live. The QR code comes later and over REST only, never in this page."""
    # Before the session itself: an event between the two is heard twice instead of never.
    sequences = dict(EventCounter.objects.filter(pk__in=visible_workspaces(request)).values_list("pk", "value"))
    session = _visible_session(admin, request, object_id)
    may_act = session.workspace_id in writable_workspaces(request)
    context = _chrome(admin, request, session.name) | {
        "original": session,
        "object": session,
        "session": session,
        "look": look(session.state),
        "is_sandbox": session.provider == Provider.SANDBOX,
        "may_act": may_act,
        "metadata": json.dumps(session.metadata, ensure_ascii=False, indent=2),
        "webhook_defaults": json.dumps(session.webhook_defaults, ensure_ascii=False, indent=2),
        "history_choices": HistorySync.choices,
        "engine": debug.session_debug(session, debug.workers()) if request.user.is_superuser else None,
        "page_data": _page_data(session, sequences.get(session.workspace_id, 0)) | {"may_act": may_act},
    }
    return TemplateResponse(request, "dashboard/session.html", context)


def session_chats(admin: "SessionAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """The conversations of one session. What people wrote comes over REST only, and becomes text in the browser."""
    sequences = dict(EventCounter.objects.filter(pk__in=visible_workspaces(request)).values_list("pk", "value"))
    session = _visible_session(admin, request, object_id)
    page_data = _page_data(session, sequences.get(session.workspace_id, 0))
    context = _chrome(admin, request, "Chats") | {
        "original": session,
        "session": session,
        "look": look(session.state),
        "page_data": page_data | {"may_act": session.workspace_id in writable_workspaces(request)},
    }
    return TemplateResponse(request, "dashboard/chats.html", context)


def _page_data(session: Session, sequence: int) -> dict[str, Any]:
    """What the page's scripts begin with. `pending`: a start was asked for that the state does not speak of yet."""
    return {
        "session": session_payload(session),
        "pending": services.is_under_way(session) and session.is_final,
        "states": states_payload(),
        "sequence": sequence,
        "api": f"{get_script_prefix()}api/v1/sessions/{session.id}",
        "list": reverse("admin:sessions_app_session_changelist"),
    }


def _visible_session(admin: "SessionAdmin", request: HttpRequest, object_id: str) -> Session:
    """404 for what is not yours: whether it exists is nobody's business."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    try:
        session = admin.get_queryset(request).filter(pk=uuid.UUID(object_id)).first()
    except ValueError:
        session = None
    if session is None:
        raise Http404("There is no such session.")
    return session


def _create_and_start(request: HttpRequest, data: dict[str, Any]) -> Session:
    workspace, phone = data.get("workspace"), data.get("pairing_phone", "")
    if phone and data["provider"] == Provider.SANDBOX:
        sandbox_phones.phone_ensure(phone=phone, name=data["name"])
    session = services.session_create(
        workspace_id=workspace.id if workspace else writable_workspaces(request)[0],
        name=data["name"],
        provider=data["provider"],
        pairing_method=data.get("pairing_method", PairingMethod.QR),
        pairing_phone=phone,
    )
    services.session_start(session=session)
    return session


def _wished_provider(request: HttpRequest) -> str:
    wish = request.GET.get("provider", "")
    return wish if wish in Provider.values else Provider.WHATSAPP


def _page_url(session: Session) -> str:
    return reverse("admin:sessions_app_session_change", args=(session.pk,))


def _chrome(admin: "SessionAdmin", request: HttpRequest, title: str) -> dict[str, Any]:
    """What every page of the dashboard has around it."""
    return {**admin.admin_site.each_context(request), "title": title, "opts": admin.opts}

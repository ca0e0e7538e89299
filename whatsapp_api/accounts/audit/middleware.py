"""Every request that changes something, in the audit trail: a new endpoint is audited by itself.

Sends are not, unless AUDIT_SENDS: each is a row of its own already, with who and when. Requests without valid
credentials are not either, or strangers could fill the database: they are security events.
"""

import logging
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from whatsapp_api.accounts.keys.models import ApiKey
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.errors import DATABASE_FAULTS

from .draft import Draft, draft_open
from .models import ActorKind, Outcome
from .record import Actor, Deed, audit

logger = logging.getLogger(__name__)
READS = {"GET", "HEAD", "OPTIONS", "TRACE"}


class AuditMiddleware:
    """Last in the list: what it sees is what the view answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in READS:
            return self.get_response(request)
        with draft_open() as draft:
            response = self.get_response(request)
            if is_audited(request, response):
                _write(request, response, draft)
        return response


def is_audited(request: HttpRequest, response: HttpResponse) -> bool:
    """Done, denied or broken by somebody we know; a mistake in a form is nobody's business."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or response.status_code in {400, 404, 405, 409, 415}:
        return False
    authority = getattr(user, "authority", None)
    sends = authority is not None and authority.needed == Scope.SEND and response.status_code < 400
    return not sends or bool(settings.AUDIT_SENDS)


def actor_of(request: HttpRequest) -> Actor:
    """The key or the user of a request."""
    key = getattr(request, "auth", None)
    user = request.user
    name = user.get_username()
    where = str(request.META.get("REMOTE_ADDR", "")), request.headers.get("User-Agent", "")
    if isinstance(key, ApiKey):
        return Actor(ActorKind.KEY, str(key.pk), f"{key.name} (of {name})", *where)
    return Actor(ActorKind.USER, str(user.pk), name, *where)


def _write(request: HttpRequest, response: HttpResponse, draft: Draft) -> None:
    deed = Deed(
        _action(request),
        draft.target or _target(request),
        draft.before,
        draft.after,
        _outcome(response),
        response.status_code,
    )
    try:
        audit(deed, actor=actor_of(request), workspace_id=draft.workspace_id or _only_workspace(request))
    except DATABASE_FAULTS:
        logger.exception("The audit trail lacks %s of %s", deed.action, deed.target)


def _action(request: HttpRequest) -> str:
    """Such as `POST session-stop`, or `POST admin:sessions_app_session_changelist stop_selected`."""
    match = request.resolver_match
    name = match.view_name if match else request.path
    chosen = request.POST.get("action", "") if match and match.namespace == "admin" else ""
    return f"{request.method} {name} {chosen}".strip()


def _target(request: HttpRequest) -> str:
    kwargs = request.resolver_match.kwargs if request.resolver_match else {}
    return " ".join(f"{name.removesuffix('_id')}:{value}" for name, value in kwargs.items() if name.endswith("_id"))


def _outcome(response: HttpResponse) -> Outcome:
    if response.status_code >= 500:
        return Outcome.FAILED
    return Outcome.DENIED if response.status_code in {401, 403, 429} else Outcome.OK


def _only_workspace(request: HttpRequest) -> uuid.UUID | None:
    authority = getattr(request.user, "authority", None) or getattr(request, "authority", None)
    found = list(authority.memberships) if authority else []
    return found[0] if len(found) == 1 else None

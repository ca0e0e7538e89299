"""How often a key or a user may call the API, and how often one session may be made to send."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from whatsapp_api.accounts.authority import authority_of
from whatsapp_api.accounts.scopes import Scope

from .counting import Usage, count, refusal


class RateLimits(BaseThrottle):
    """After the permission check. The tighter of the limits that count is told in the RateLimit-* headers."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return True
        authority = authority_of(request.user)
        own = authority.key.rates if authority.key else {}
        who = f"key:{authority.key.pk}" if authority.key else f"user:{request.user.pk}"
        usages = [_counted(request, "api", who, own)]
        if authority.needed == Scope.SEND and "session_id" in view.kwargs:
            usages.append(_counted(request, "send", f"session:{view.kwargs['session_id']}:{_share(own, who)}", own))
        told = min((usage for usage in usages if usage), key=_left, default=None)
        if told:
            view.headers.update(told.headers)
        return True


def _counted(request: Request, group: str, who: str, own: dict[str, str]) -> Usage | None:
    rate = own.get(group) or settings.API_RATES[group]
    if not rate:
        return None
    usage = count(request._request, group, who, rate)
    if usage and usage.exceeded:
        raise refusal(usage, "from you" if group == "api" else "to this session")
    return usage


def _share(own: dict[str, str], who: str) -> str:
    """Callers share a session's allowance; a key with an allowance of its own is counted apart."""
    return who if "send" in own else ""


def _left(usage: Usage) -> int:
    return usage.limit - usage.count

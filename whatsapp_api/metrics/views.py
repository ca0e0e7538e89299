"""`/metrics`, for METRICS_TOKEN or a superuser."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST

from whatsapp_api.accounts.api.caller import caller_of
from whatsapp_api.core.errors import body

from .exposition import render


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures of the whole installation, so no workspace's member may read them."""
    if request.method not in ("GET", "HEAD"):
        return _refused(405, "method_not_allowed", "Only GET is possible here.")
    if not (_has_token(request) or caller_of(request).is_superuser):
        text = "Send METRICS_TOKEN as `Authorization: Bearer`, or log in as a superuser."
        return _refused(401, "not_authenticated", text)
    return HttpResponse(render(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _refused(status: int, code: str, text: str) -> HttpResponse:
    return JsonResponse(body(code, text), status=status)


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())

"""Django's own error pages: JSON under /api/, HTML elsewhere."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views import defaults

from .errors import body

PREFIX = "/api/"


def _json(status: int, code: str, message: str) -> HttpResponse:
    return JsonResponse(body(code, message), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler400: a request that Django itself refuses, such as one for a host that is not ours."""
    if request.path.startswith(PREFIX):
        return _json(400, "invalid_request", "The request is malformed.")
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler403."""
    if request.path.startswith(PREFIX):
        return _json(403, "permission_denied", "You may not do this.")
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """handler404: no such address."""
    if request.path.startswith(PREFIX):
        return _json(404, "not_found", "There is no such address; /api/docs/ lists them all.")
    return defaults.page_not_found(request, exception or Http404())


def server_error(request: HttpRequest) -> HttpResponseBase:
    """handler500: our defect; the request id finds it in the log."""
    if request.path.startswith(PREFIX):
        return _json(500, "internal_error", "Something broke on our side; the log says more under this request id.")
    return defaults.server_error(request)

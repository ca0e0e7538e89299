"""A span for each request, below the caller's `traceparent`; in the list of middleware only where traces are wanted."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .logs import request_id
from .tracing import span


class TracingMiddleware:
    """Named by the route, never by the address: an address holds ids, and its query may hold a token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        method, caller = request.method or "GET", request.headers.get("traceparent", "")[:55]
        with span(method, parent=caller, kind="SERVER", request_id=request_id.get()) as made:
            made.set_attribute("http.request.method", method)
            response = self.get_response(request)
            if match := request.resolver_match:
                made.update_name(f"{method} {match.route}")
                made.set_attribute("http.route", match.route)
            made.set_attribute("http.response.status_code", response.status_code)
            return response

"""Times every request by its route, never by its address: an address holds ids."""

import time
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse

from .metrics import HTTP_SECONDS

Next = Callable[[HttpRequest], Awaitable[HttpResponse]] | Callable[[HttpRequest], HttpResponse]


class MetricsMiddleware:
    """Works in both sync and async stacks."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        began = time.perf_counter()
        if iscoroutinefunction(self.get_response):
            return self._answer_async(request, began)
        return self._note(request, self.get_response(request), began)  # type: ignore[arg-type]

    async def _answer_async(self, request: HttpRequest, began: float) -> HttpResponse:
        return self._note(request, await self.get_response(request), began)  # type: ignore[misc]

    @staticmethod
    def _note(request: HttpRequest, response: HttpResponse, began: float) -> HttpResponse:
        match = getattr(request, "resolver_match", None)
        route = match.route if match else "none"
        method = request.method if request.method in METHODS else "other"
        HTTP_SECONDS.labels(method, route, str(response.status_code)).observe(time.perf_counter() - began)
        return response


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

"""Gives each request an id: ours, or the caller's if it is well-formed."""

import re
import uuid
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from .logs import current_request, request_id

WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,64}")
Next = Callable[[HttpRequest], Awaitable[HttpResponse]] | Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Sets `X-Request-Id` on the answer and in the logs; works in both sync and async stacks."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        given = request.headers.get("X-Request-Id", "")
        request_id.set(given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex)
        current_request.set(request)
        if iscoroutinefunction(self.get_response):
            return self._answer_async(request)
        return self._stamp(self.get_response(request))  # type: ignore[arg-type]

    async def _answer_async(self, request: HttpRequest) -> HttpResponse:
        return self._stamp(await self.get_response(request))  # type: ignore[misc]

    @staticmethod
    def _stamp(response: HttpResponse) -> HttpResponse:
        response["X-Request-Id"] = request_id.get()
        return response


@receiver(request_finished)
def forget(**_: object) -> None:
    """Not at the middleware's end: Django logs what was answered after it."""
    current_request.set(None)

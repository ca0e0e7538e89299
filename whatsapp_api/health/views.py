"""`/api/health`, `/live`, `/ready`: plain Django, since they must answer when the database does not."""

import logging
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from functools import cache
from typing import Any

from django.db import close_old_connections
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from whatsapp_api.accounts.api.caller import caller_of
from whatsapp_api.core.health import Health, parts

from .watcher import Reading, Watcher, look, weigh

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.07
CALLER_SECONDS = 0.5
"""Only to find out who asks: on a database that hangs the answer is the public one."""

_callers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="health-caller")


@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """`status` and version for everyone, each part for staff. 503 when the platform does not work at all."""
    readings = look(watchers(), LOOK_SECONDS)
    status = overall(readings)
    answer: dict[str, Any] = {"status": status.word, "version": version()}
    if _asks_by_name(request) and _is_staff(request):
        answer["parts"] = {name: _part(name, reading) for name, reading in readings.items()}
    return JsonResponse(answer, status=503 if status is Health.FAILING else 200)


@require_GET
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Whether it can work is another question."""
    return JsonResponse({"status": "ok"})


@require_GET
def ready(request: HttpRequest) -> JsonResponse:
    """503 while a vital part is away: a load balancer sends requests elsewhere."""
    readings = look([watcher for watcher in watchers() if watcher.part.vital], LOOK_SECONDS)
    status = overall(readings)
    return JsonResponse({"status": status.word}, status=503 if status is Health.FAILING else 200)


@cache
def watchers() -> tuple[Watcher, ...]:
    return tuple(Watcher(part) for part in parts())


def begin() -> None:
    """Have a first look when the web process starts, so that the first who ask need not wait for one."""
    look(watchers(), 0)


@cache
def version() -> str:
    from whatsapp_api import __version__

    return __version__


def overall(readings: dict[str, Reading]) -> Health:
    """The worst, where a part that is not vital makes the whole degraded at most."""
    by_name = {watcher.part.name: watcher.part for watcher in watchers()}
    return max((weigh(by_name[name], reading.finding.health) for name, reading in readings.items()), default=Health.OK)


def _part(name: str, reading: Reading) -> dict[str, Any]:
    finding = reading.finding
    return {
        "status": finding.health.word,
        "latency_ms": round(reading.latency * 1000, 1),
        "text": finding.text,
        "detail": finding.detail,
    }


def _asks_by_name(request: HttpRequest) -> bool:
    return "Authorization" in request.headers or "X-Api-Key" in request.headers or bool(request.COOKIES)


def _is_staff(request: HttpRequest) -> bool:
    """Whether the caller may see the installation's parts; no, when that cannot be found out in time."""
    try:
        return _callers.submit(_caller_is_staff, request).result(CALLER_SECONDS)
    except NotInTime:
        return False


def _caller_is_staff(request: HttpRequest) -> bool:
    close_old_connections()
    try:
        user = caller_of(request)
        return user.is_authenticated and (user.is_staff or user.is_superuser)
    except Exception as error:  # noqa: BLE001 - the database is away: the public answer says so
        logger.info("who asks for the health is not known: %s", type(error).__name__)
        return False
    finally:
        close_old_connections()

"""Requests that are repeated where that is safe, and errors as exceptions."""

import time
from collections.abc import Iterator
from typing import Any

import httpx

from .errors import Refused, Unreachable

TRY_LATER = {429, 502, 503, 504}
LONGEST_PAUSE = 30.0  # seconds


class Transport:
    """One platform and one API key or access token. Safe to use from several threads."""

    def __init__(self, url: str, key: str, *, timeout: float, attempts: int) -> None:
        self.http = httpx.Client(
            base_url=f"{url.rstrip('/')}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=timeout
        )
        self._attempts = attempts

    def request(self, method: str, path: str, *, repeat: bool = False, **arguments: Any) -> httpx.Response:
        """The answer, or Refused, or Unreachable. With `repeat` it is sent again after a fault that may pass:
        for what reads, and for what carries an Idempotency-Key."""
        attempts = self._attempts if repeat or method == "GET" else 1
        for attempt in range(1, attempts + 1):
            try:
                answer = self.http.request(method, path, **arguments)
            except httpx.TransportError as error:
                if attempt == attempts:
                    raise Unreachable(f"{method} {path}: {type(error).__name__}") from error
                time.sleep(pause(attempt))
                continue
            if answer.status_code not in TRY_LATER or attempt == attempts:
                return checked(answer)
            time.sleep(pause(attempt, answer))
        raise AssertionError("at least one attempt")

    def json(self, method: str, path: str, **arguments: Any) -> Any:
        answer = self.request(method, path, **arguments)
        return answer.json() if answer.content else None

    def pages(self, path: str, parameters: dict[str, Any]) -> Iterator[Any]:
        """All rows of a list, page after page."""
        page = self.json("GET", path, params=parameters)
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.json("GET", page["next"])


def pause(attempt: int, answer: httpx.Response | None = None) -> float:
    """Seconds to wait: what the platform asks for, else longer each time."""
    asked = answer.headers.get("Retry-After", "") if answer is not None else ""
    return min(float(asked) if asked.isdigit() else 0.25 * 2**attempt, LONGEST_PAUSE)


def checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    answer.read()
    try:
        error = answer.json()["error"]
    except (ValueError, KeyError, TypeError):  # of a proxy in between
        error = {"code": f"http_{answer.status_code}", "message": answer.text[:200]}
    raise Refused(answer.status_code, error)

"""Requests to a host that wait for their answer, each with a deadline of its own."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import Any

from .deadlines import Timer, deadlines
from .errors import EngineError, NotConnected, OutcomeUnknown

Settle = Callable[[Future[Any]], None]


@dataclass(slots=True)
class Request:
    """One request under way. `lost` settles the future when no answer can come any more."""

    future: Future[Any]
    read: Callable[[Any], Any]
    lost: Settle
    begun: bool = False
    timer: Timer | None = field(default=None, repr=False)


class Pending:
    """The table of requests of one host."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._requests: dict[int, Request] = {}

    def add(self, request: Request, timeout: float) -> int:
        """Register a request and return its number; it is lost when `timeout` seconds are over."""
        with self._lock:
            number = next(self._numbers)
            self._requests[number] = request
            request.timer = deadlines.after(timeout, lambda: self.lose(number))
        return number

    def begun(self, number: int) -> None:
        """The host says that from now on the request may have an effect."""
        with self._lock:
            if request := self._requests.get(number):
                request.begun = True

    def answer(self, number: int, result: Any, error: EngineError | None) -> None:
        """Settle a request with the host's answer; answers that come too late are dropped."""
        request = self._take(number)
        if request is None:
            return
        if error is not None:
            settle(request.future, error=error)
        else:
            settle(request.future, result=request.read(result))

    def lose(self, number: int) -> None:
        """Settle a request whose answer did not come."""
        request = self._take(number)
        if request is not None:
            request.lost(request.future)

    def lose_all(self, *, unbegun: EngineError) -> None:
        """The host is gone. Sends that it had not begun were surely not attempted."""
        with self._lock:
            requests, self._requests = list(self._requests.values()), {}
        for request in requests:
            if request.timer:
                request.timer.cancel()
            if request.lost is lost_send and not request.begun:
                settle(request.future, error=unbegun)
            else:
                request.lost(request.future)

    def _take(self, number: int) -> Request | None:
        with self._lock:
            request = self._requests.pop(number, None)
        if request is not None and request.timer:
            request.timer.cancel()
        return request


def settle(future: Future[Any], *, result: Any = None, error: Exception | None = None) -> None:
    """Give a future its outcome unless it has one, or somebody cancelled it."""
    try:
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)
    except InvalidStateError:
        pass


def lost_send(future: Future[Any]) -> None:
    """A send without an answer."""
    settle(future, error=OutcomeUnknown("no answer: the message may or may not have been sent"))


def lost_call(future: Future[Any]) -> None:
    """A request without an answer."""
    settle(future, error=OutcomeUnknown("no answer: the request may or may not have had its effect"))


def lost_start(future: Future[Any]) -> None:
    """A start without an answer."""
    settle(future, error=NotConnected("the host did not start the session", code="host_lost"))


def lost_stop(future: Future[Any]) -> None:
    """A stop without an answer: only the end of the process helps."""
    settle(future, result=False)

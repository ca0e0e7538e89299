"""The events as they come, over Server-Sent Events, without a gap however often the connection breaks."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx

from .errors import Refused
from .models import Event
from .transport import TRY_LATER, Transport, checked, pause

SILENCE = 45.0  # seconds; the platform says something every 15


class Events:
    """An endless iterator. `position` is just behind the newest event: keep it once that one is dealt with, and give it
    as `since` after a restart."""

    def __init__(self, transport: Transport, filters: dict[str, Any], since: str | int | None) -> None:
        self._transport, self._filters = transport, filters
        self.position = "" if since is None else str(since)
        self._failures = 0

    def __iter__(self) -> Iterator[Event]:
        while True:
            try:
                yield from self._connection()
            except (httpx.TransportError, Refused) as error:
                if isinstance(error, Refused) and error.status not in TRY_LATER:
                    raise
                self._failures += 1
            time.sleep(pause(min(self._failures, 7)) if self._failures else 0)

    def _connection(self) -> Iterator[Event]:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": self.position} if self.position else {})
        timeout = httpx.Timeout(10.0, read=SILENCE)
        stream = self._transport.http.stream(
            "GET", "/events/stream", params=self._filters, headers=headers, timeout=timeout
        )
        with stream as answer:
            for name, place, data in messages(checked(answer).iter_lines()):
                self._failures = 0
                if name == "error":
                    raise Refused(503, data.get("error", {}))  # why it is about to be closed
                if name == "ready":
                    self._begin(data["sequences"])
                elif "event" in data:
                    self.position = place or self.position
                    yield data

    def _begin(self, sequences: dict[str, int]) -> None:
        """Where the connection begins counts at once: what happens while it breaks is not missed either."""
        if not self.position:
            marks = [f"{workspace}:{mark}" for workspace, mark in sequences.items()]
            self.position = ",".join(marks)


def messages(lines: Iterator[str]) -> Iterator[tuple[str, str, Any]]:
    """Event name, id and data of each message of the stream."""
    name, place, data = "", "", ""
    for line in lines:
        if not line:
            if data:
                yield name, place, json.loads(data)
            name, place, data = "", "", ""
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "id":
            place = value
        elif field == "data":
            data += value

"""POSTs events over kept connections, through the guard against private addresses."""

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from django.conf import settings

from messaging.webhooks.sinks.contract import Answer, BadTarget, Packet, SinkFault, Target
from messaging.webhooks.sinks.headers import request_headers
from whatsapp_api.core.http.asynchronous import AsyncPoster
from whatsapp_api.core.http.faults import HttpFault, UrlRefused
from whatsapp_api.core.http.urls import check_url

BODY_KEPT = 1024
GONE = 410


def check(url: str) -> None:
    try:
        check_url(url, settings.OUTGOING_POLICY)
    except UrlRefused as error:
        raise BadTarget(error.message) from error


def connect(target: Target) -> "HttpSink":
    return HttpSink(target)


class HttpSink:
    def __init__(self, target: Target) -> None:
        self._target = target
        try:
            self._poster = AsyncPoster(target.url, settings.OUTGOING_POLICY, connections=target.concurrency)
        except HttpFault as error:  # allowed once, but not any more
            raise BadTarget(error.message) from error

    async def send(self, packet: Packet) -> Answer:
        try:
            reply = await self._poster.post(
                packet.body, request_headers(self._target, packet), seconds=self._target.timeout, size=BODY_KEPT
            )
        except HttpFault as error:
            raise SinkFault(error.message) from error
        ok = 200 <= reply.status < 300
        return Answer(
            ok=ok,
            status=reply.status,
            text=reply.body.decode(errors="replace"),
            error="" if ok else _sentence(reply.status),
            gone=reply.status == GONE,
            retry_after=_retry_after(reply.headers),
        )

    async def close(self) -> None:
        await self._poster.close()


def _sentence(status: int) -> str:
    if 300 <= status < 400:
        return f"The receiver redirects ({status}); give its final address."
    return f"The receiver answered {status}."


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds, from either form of the header; 0 when there is none that makes sense."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time()) if text else 0.0
    except (ValueError, TypeError):
        return 0.0

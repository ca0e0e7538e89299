"""What programs and people do: sends, messages that come in, reads, and WebSockets that listen."""

import asyncio
import itertools
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.load.accounts import Cast
from tests.load.options import Options
from tests.load.record import Record
from tests.load.target import Target

MOST_AT_ONCE = 200
SETTLE_SECONDS = 60.0


class Traffic:
    """`run` lasts as long as the options say, and then until what is under way has arrived."""

    def __init__(
        self,
        target: Target,
        options: Options,
        cast: Cast,
        api: httpx.AsyncClient,
        sandbox: httpx.AsyncClient,
        record: Record,
    ) -> None:
        self._target, self._options, self._cast = target, options, cast
        self._api, self._sandbox, self._record = api, sandbox, record
        self._gate = asyncio.Semaphore(MOST_AT_ONCE)
        self._under_way: set[asyncio.Task[None]] = set()
        self._run_id = f"{int(time.time()):x}"

    async def run(self) -> None:
        ready = asyncio.Semaphore(0)
        sockets = range(self._options.sockets + 1)
        listeners = [asyncio.create_task(self._listen(ready, measure=number == 0)) for number in sockets]
        try:
            for _ in sockets:  # what happens before they listen is not told to them
                await ready.acquire()
            await asyncio.gather(
                self._pace(self._options.sends, self._send),
                self._pace(self._options.inbound, self._write),
                self._pace(self._options.reads, self._read),
            )
            await self._settle()
        finally:
            for listener in listeners:
                listener.cancel()
            await asyncio.gather(*listeners, return_exceptions=True)

    async def _pace(self, rate: float, deed: Callable[[int], Awaitable[None]]) -> None:
        """So many a second whatever the answers take; when too many are under way, that is counted and shown."""
        if not rate:
            return
        began = time.monotonic()
        for number in itertools.count():
            due = began + number / rate
            if due > began + self._options.seconds:
                return
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if self._gate.locked():
                self._record.counts["held back"] += 1
            await self._gate.acquire()
            task = asyncio.create_task(self._do(deed, number))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _do(self, deed: Callable[[int], Awaitable[None]], number: int) -> None:
        try:
            await deed(number)
        except httpx.HTTPStatusError as error:
            self._record.errors[f"{error.response.status_code} {error.request.method}"] += 1
        except httpx.HTTPError as error:
            self._record.errors[type(error).__name__] += 1
        finally:
            self._gate.release()

    # -- deeds ------------------------------------------------------------------------------------------------------
    async def _send(self, number: int) -> None:
        account = self._cast.accounts[number % len(self._cast.accounts)]
        with_picture = self._options.media and number % max(1, round(1 / self._options.media)) == 0
        kind = "image" if with_picture else "text"
        content: dict[str, object] = (
            {"media": {"id": self._cast.picture}} if with_picture else {"text": f"load {self._run_id} out {number}"}
        )
        began = time.monotonic()
        answer = await self._api.post(
            f"/sessions/{account.session_id}/messages/{kind}",
            json={"to": f"+{self._cast.friend.lstrip('+')}", **content},
        )
        answer.raise_for_status()
        self._record.counts["sends"] += 1
        self._record.took("accepted", time.monotonic() - began)
        self._record.took("sent", self._record.out.begin(answer.json()["id"], began))

    async def _write(self, number: int) -> None:
        account = self._cast.accounts[number % len(self._cast.accounts)]
        text = f"load {self._run_id} in {number}"
        self._record.into.begin(text, time.monotonic())
        body = {"to": account.number, "text": text}
        answer = await self._sandbox.post(f"/phones/{self._cast.friend}/messages", json=body)
        answer.raise_for_status()
        self._record.counts["inbound"] += 1

    async def _read(self, number: int) -> None:
        session = self._cast.accounts[number % len(self._cast.accounts)].session_id
        paths = ("/sessions", f"/sessions/{session}", f"/sessions/{session}/chats", f"/sessions/{session}/messages")
        began = time.monotonic()
        (await self._api.get(paths[number // 4 % len(paths)])).raise_for_status()
        self._record.counts["reads"] += 1
        self._record.took("read", time.monotonic() - began)

    # -- WebSockets -------------------------------------------------------------------------------------------------
    async def _listen(self, ready: asyncio.Semaphore, *, measure: bool) -> None:
        """Resumes where it was, as the documents say."""
        last, url = 0, self._target.url.replace("http", "ws", 1) + "/ws/events"
        options: Any = {"additional_headers": self._target.key_header, "max_queue": None, "open_timeout": 30}
        while True:
            try:
                since = f"?since={last}" if last else ""
                async with connect(url + since, **options) as socket:
                    async for text in socket:
                        event = json.loads(text)
                        if event.get("type") == "ready":
                            last = last or max(event["sequences"].values(), default=0)
                            ready.release()
                        last = event.get("sequence") or last
                        if "event" in event:
                            self._hear(event, measure=measure)
            except (OSError, WebSocketException):
                self._record.errors["WebSocket closed"] += 1
                await asyncio.sleep(0.5)

    def _hear(self, event: dict[str, object], *, measure: bool) -> None:
        self._record.counts["pushes"] += 1
        payload = event["payload"]
        if not measure or not isinstance(payload, dict):
            return
        if event["event"] == "message.ack" and payload["state"] in {"sent", "delivered", "failed"}:
            self._record.took("sent", self._first(self._record.out.ended, payload["id"], self._record.out.end))
        elif event["event"] == "message" and payload.get("direction") == "in":
            self._record.took("received", self._first(self._record.into.ended, payload["text"], self._record.into.end))

    @staticmethod
    def _first(known: dict[str, float], name: str, end: Callable[[str], float | None]) -> float | None:
        return None if name in known else end(name)

    async def _settle(self) -> None:
        """Until nothing is missing; what is then counts as lost in the report. Of webhooks, one has to be heard."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while (
            self._under_way
            or self._record.out.missing()
            or self._record.into.missing()
            or (self._options.webhooks and not self._record.counts["webhooks"])
        ):
            if time.monotonic() > deadline:
                return
            await asyncio.sleep(0.2)

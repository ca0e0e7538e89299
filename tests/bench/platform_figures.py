"""The same figures through the whole platform: REST in, WebSocket out."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sessions_app.sandbox.client import Phone, SandboxClient
from tests.e2e.api import Api, Listener, eventually
from tests.e2e.platform import Platform


class Timeline(Listener):
    """Remembers when each event came."""

    def __init__(self, api: Api, session_id: str) -> None:
        super().__init__(api, session_id)
        self.at: list[tuple[float, dict[str, Any]]] = []

    def _take(self, event: dict[str, Any]) -> None:
        self.at.append((time.time(), event))
        super()._take(event)

    def when(self, kind: str, **wanted: Any) -> float | None:
        def fits(event: dict[str, Any]) -> bool:
            return event.get("event") == kind and wanted.items() <= event["payload"].items()

        return next((moment for moment, event in reversed(self.at) if fits(event)), None)

    def wait(self, kind: str, **wanted: Any) -> float:
        return eventually(lambda: self.when(kind, **wanted), f"{kind} {wanted}", pause=0.0005)


def start_to_qr(api: Api, count: int) -> list[float]:
    """POST start until the first QR event is on the WebSocket; the sessions are removed again."""
    seconds = []
    for number in range(count):
        session_id = api.session_create(f"QR {number}")["id"]
        with Timeline(api, session_id) as timeline:
            began = time.time()
            api.post(f"/sessions/{session_id}/start")
            seconds.append(timeline.wait("session.qr", index=1) - began)
        api.http.delete(f"/sessions/{session_id}").raise_for_status()
    return seconds


def send_one_by_one(api: Api, session_id: str, friend: Phone, count: int) -> list[float]:
    """Before the POST until the event that says `sent`."""
    seconds = []
    with Timeline(api, session_id) as timeline:
        for number in range(-1, count):
            began = time.time()
            message = api.send(session_id, f"+{friend.number}", f"bench {number}")
            seconds.append(timeline.wait("message.ack", id=message["id"], state="sent") - began)
    return seconds[1:]


def inbound(api: Api, session_id: str, own: Phone, friend: Phone, count: int) -> list[float]:
    """Before the friend's phone sends until the event is on the WebSocket."""
    seconds = []
    with Timeline(api, session_id) as timeline:
        for number in range(count):
            began = time.time()
            friend.send(own.number, text=f"in {number}")
            seconds.append(timeline.wait("message", text=f"in {number}") - began)
    return seconds


def sends_per_second(api: Api, session_ids: list[str], friend: Phone, count: int) -> float:
    """From the first POST until the last of `count` messages a session is sent; eight callers at a time."""
    work = [(session_id, number) for number in range(count) for session_id in session_ids]
    for session_id in session_ids:  # keys are exchanged once, not part of the rate
        api.send(session_id, f"+{friend.number}", "warm up")
    eventually(lambda: none_waits(api, session_ids), "the warm-up", 30)
    began = time.time()
    with ThreadPoolExecutor(8) as callers:
        list(callers.map(lambda item: api.send(item[0], f"+{friend.number}", f"rate {item[1]}"), work))
    eventually(lambda: none_waits(api, session_ids), "the last send", 120, 0.02)
    return len(work) / (time.time() - began)


def none_waits(api: Api, session_ids: list[str]) -> bool:
    return not any(
        api.get(f"/sessions/{session_id}/messages", state=state, limit=1)["results"]
        for session_id in session_ids
        for state in ("queued", "sending")
    )


def measure(platform: Platform, scale: float) -> dict[str, Any]:
    api, sandbox = Api(platform), SandboxClient(platform.sandbox_url)
    friend = sandbox.create_phone()
    phones = [sandbox.create_phone() for _ in range(10)]
    figures: dict[str, Any] = {"qr": start_to_qr(api, int(20 * scale) or 1)}
    sessions = [api.session_link(phone.number, phone) for phone in phones]
    figures["send"] = send_one_by_one(api, sessions[0], friend, int(200 * scale))
    figures["inbound"] = inbound(api, sessions[0], phones[0], friend, int(100 * scale))
    figures["rate_1"] = sends_per_second(api, sessions[:1], friend, int(400 * scale))
    figures["rate_10"] = sends_per_second(api, sessions, friend, int(100 * scale))
    return figures

"""The floor: neonize alone, in a process of its own, against the same sandbox. No platform code but the memory patch.

Usage: python -m tests.bench.raw_neonize SANDBOX_URL FOLDER RESULT.json SCALE
"""

import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sessions_app.engine.sandbox.patch import prepare
from sessions_app.engine.whatsapp.library import NewClient, pb
from sessions_app.sandbox.client import Phone, SandboxClient

CLIENTS = 10
WAL = "?_journal_mode=WAL&_busy_timeout=10000&_synchronous=NORMAL&_foreign_keys=on&x="


class RawClient:
    """One neonize client on its own thread."""

    def __init__(self, folder: Path, number: int, phone: Phone) -> None:
        from neonize.events import ConnectedEv, MessageEv

        self.phone = phone
        self.qr, self.connected = threading.Event(), threading.Event()
        self.seconds_to_qr = 0.0
        self.received: dict[str, float] = {}
        self._payload = b""
        self.client = NewClient(f"{folder / f'raw-{number}.db'}{WAL}", uuid=f"raw-{number}")
        self.client.event.qr(lambda _, data: self._on_qr(bytes(data)))
        self.client.event(ConnectedEv)(lambda _, __: self.connected.set())
        self.client.event(MessageEv)(lambda _, event: self._on_message(event))

    def link(self) -> None:
        began = time.perf_counter()
        threading.Thread(target=self.client.connect, daemon=True).start()
        assert self.qr.wait(20), "no QR"
        self.seconds_to_qr = time.perf_counter() - began
        self.phone.scan(self._payload.decode())
        assert self.connected.wait(20), "not connected"

    def send(self, to: str, text: str) -> None:
        self.client.send_message(
            pb.JID(User=to, Server="s.whatsapp.net", RawAgent=0, Device=0, Integrator=0, IsEmpty=False), text
        )

    def _on_qr(self, payload: bytes) -> None:
        self._payload = payload
        self.qr.set()

    def _on_message(self, event: Any) -> None:
        message = event.Message
        self.received[message.extendedTextMessage.text or message.conversation] = time.time()


def timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def send_one_by_one(client: RawClient, friend: Phone, count: int) -> list[float]:
    client.send(friend.number, "warm up")
    return [timed(lambda number=number: client.send(friend.number, f"raw {number}")) for number in range(count)]  # type: ignore[misc]


def sends_per_second(clients: list[RawClient], friend: Phone, count: int) -> float:
    def work(client: RawClient) -> None:
        for number in range(count):
            client.send(friend.number, f"rate {number}")

    for client in clients:
        client.send(friend.number, "warm up")
    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count * len(clients) / (time.perf_counter() - began)


def inbound(client: RawClient, friend: Phone, count: int) -> list[float]:
    seconds = []
    for number in range(count):
        text, began = f"raw in {number}", time.time()
        friend.send(client.phone.number, text=text)
        while text not in client.received:
            time.sleep(0.0005)
        seconds.append(client.received[text] - began)
    return seconds


def main(url: str, folder: str, result: str, scale: float) -> None:
    logging.disable(logging.WARNING)  # neonize turns every library's debug lines on
    sandbox = SandboxClient(url)
    trust = sandbox.trust()
    prepare({name: trust[name] for name in ("noise_root", "ca_pem", "host")})
    friend = sandbox.create_phone()
    clients = [RawClient(Path(folder), number, sandbox.create_phone()) for number in range(CLIENTS)]
    for client in clients:
        client.link()
    figures = {
        "qr": [client.seconds_to_qr for client in clients],
        "send": send_one_by_one(clients[0], friend, int(200 * scale)),
        "rate_1": sends_per_second(clients[:1], friend, int(400 * scale)),
        "rate_10": sends_per_second(clients, friend, int(100 * scale)),
        "inbound": inbound(clients[0], friend, int(100 * scale)),
    }
    Path(result).write_text(json.dumps(figures))
    os._exit(0)  # the library's threads would hold the process


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]))

"""The test's end of `driver.py`: real neonize clients in a process of their own."""

import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from sessions_app.sandbox.client import wait_until
from whatsapp_api.ops.children import die_with_parent

DRIVER = Path(__file__).with_name("driver.py")
ROOT = Path(__file__).parents[2]


class NeonizeProcess:
    """One process with any number of clients."""

    def __init__(self, trust: dict, folder: Path, **environment: str) -> None:
        ours, theirs = socket.socketpair()
        environ = {**os.environ, "HTTPS_PROXY": trust["proxy"], "NEONIZE_BOT_TAG": "off", **environment}
        environ.update({"DRIVER_TRUST": json.dumps(trust), "NO_PROXY": "", "no_proxy": "", "PYTHONPATH": str(ROOT)})
        for name in ("SPHINX", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            environ.pop(name, None)
        self.folder = folder
        self.log = (folder / "neonize.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, str(DRIVER), str(theirs.fileno())],
            env=environ,
            cwd=folder,
            pass_fds=[theirs.fileno()],
            stdout=self.log,
            stderr=self.log,
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent,
        )
        theirs.close()
        self._channel, self._ids = ours, itertools.count(1)
        self._answers: dict[int, dict] = {}
        self._changed = threading.Condition()
        self.events: list[dict] = []
        self.alive, self._clients = True, 0
        threading.Thread(target=self._read, daemon=True).start()
        self.wait("ready", seconds=90)

    def _read(self) -> None:
        for line in self._channel.makefile("r"):
            message = json.loads(line)
            with self._changed:
                if "event" in message:
                    self.events.append({"n": len(self.events) + 1, **message})
                else:
                    self._answers[message["id"]] = message
                self._changed.notify_all()
        with self._changed:
            self.alive = False
            self._changed.notify_all()

    def begin(self, do: str, **arguments) -> int:
        """Start a command; `end()` waits for it."""
        number = next(self._ids)
        self._channel.sendall((json.dumps({"id": number, "do": do, **arguments}) + "\n").encode())
        return number

    def end(self, number: int, seconds: float = 60):
        answer = self._until(lambda: self._answers.pop(number, None), seconds, f"answer {number}")
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def call(self, do: str, seconds: float = 60, **arguments):
        return self.end(self.begin(do, **arguments), seconds)

    def wait(self, event: str, client: str | None = None, seconds: float = 60, after: int = 0, **wanted) -> dict:
        """The first event of that name after event number `after` whose fields are as wanted."""
        wanted["event"] = event
        if client is not None:
            wanted["client"] = client

        def check():
            return next(
                (e for e in self.events[after:] if all(e.get(key) == value for key, value in wanted.items())), None
            )

        return self._until(check, seconds, f"event {wanted}")

    def seen(self, event: str, client: str | None = None) -> list[dict]:
        return [e for e in self.events if e["event"] == event and client in (None, e["client"])]

    def _until(self, check, seconds: float, what: str):
        deadline = time.monotonic() + seconds
        with self._changed:
            while (found := check()) is None:
                left = deadline - time.monotonic()
                if left <= 0 or not self.alive:
                    recent = [(e["event"], e["client"]) for e in self.events[-20:]]
                    raise TimeoutError(f"{what} (alive: {self.alive}); events: {recent}")
                self._changed.wait(left)
        return found

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._channel.close()
        self.log.close()

    def client(self) -> "Neonize":
        """Another client of this process."""
        self._clients += 1
        return Neonize(self, f"client{self._clients}")


class Neonize:
    """One real client."""

    def __init__(self, process: NeonizeProcess, name: str) -> None:
        self.process, self.name = process, name
        self.store = process.folder / f"{name}.sqlite3"

    def start(self, jid: str | None = None) -> None:
        """Create it (with the device of its store when a JID is given) and connect."""
        self.call("start", store=str(self.store), jid=jid)

    def link(self, phone) -> dict:
        """Let a phone scan the QR code, wait until the client is connected."""
        device = phone.scan(self.wait("qr")["qr"])
        self.wait("connected")
        return device

    def call(self, do: str, seconds: float = 60, **arguments):
        return self.process.call(do, seconds, client=self.name, **arguments)

    def begin(self, do: str, **arguments) -> int:
        return self.process.begin(do, client=self.name, **arguments)

    def end(self, number: int, seconds: float = 60):
        return self.process.end(number, seconds)

    def send(self, to, text: str) -> str:
        """Send a text to a phone, return its id."""
        return self.call("send", to=to.number, text=text)

    def announce(self) -> None:
        """Become available, as soon as the client has learnt its push name from the app state."""

        def announced() -> bool:
            try:
                self.call("presence", available=True)
            except RuntimeError as error:
                if "PushName" in str(error):
                    return False
                raise
            return True

        wait_until(announced, what="push name")

    def wait(self, event: str, seconds: float = 60, after: int = 0, **wanted) -> dict:
        return self.process.wait(event, self.name, seconds, after, **wanted)

    def wait_text(self, text: str, seconds: float = 60) -> dict:
        return self.wait("message", seconds, text=text)

    def seen(self, event: str) -> list[dict]:
        return self.process.seen(event, self.name)

    def now(self) -> int:
        """The number of the newest event: `wait(…, after=client.now())` waits for a newer one."""
        return len(self.process.events)

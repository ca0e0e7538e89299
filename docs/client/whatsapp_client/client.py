"""What a program does with the platform."""

import time
import uuid
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self, cast

from .errors import Refused
from .events import Events
from .models import Media, Message, PairingCode, Qr, Session
from .transport import Transport


class Client:
    """`with Client("https://whatsapp.example.com", key) as whatsapp:`. Refusals are raised as `Refused`."""

    def __init__(self, url: str, key: str, *, timeout: float = 40.0, attempts: int = 4) -> None:
        self._transport = Transport(url, key, timeout=timeout, attempts=attempts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._transport.http.close()

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        """Any other call of the API, such as `call("GET", "/media")`: the JSON of its answer."""
        return self._transport.json(method, path, **arguments)

    # ---- sessions ----
    def session_create(self, name: str, *, provider: str = "whatsapp", **settings: Any) -> Session:
        return cast(Session, self.call("POST", "/sessions", json={"name": name, "provider": provider, **settings}))

    def session(self, session_id: str) -> Session:
        return cast(Session, self.call("GET", f"/sessions/{session_id}"))

    def sessions(self, **filters: Any) -> Iterator[Session]:
        return self._transport.pages("/sessions", filters)

    def session_change(self, session_id: str, **settings: Any) -> Session:
        return cast(Session, self.call("PATCH", f"/sessions/{session_id}", json=settings))

    def session_delete(self, session_id: str) -> None:
        self.call("DELETE", f"/sessions/{session_id}")

    def start(self, session_id: str) -> Session:
        return self._life(session_id, "start")

    def stop(self, session_id: str) -> Session:
        return self._life(session_id, "stop")

    def restart(self, session_id: str) -> Session:
        return self._life(session_id, "restart")

    def logout(self, session_id: str) -> Session:
        return self._life(session_id, "logout")

    def wait_state(self, session_id: str, *states: str, timeout: float = 60.0) -> Session:
        """Until the session is in one of the states; TimeoutError tells in which it is."""
        deadline = time.monotonic() + timeout
        while (session := self.session(session_id))["state"] not in states:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{session['state']}: {session['text']}")
            time.sleep(0.3)
        return session

    # ---- pairing ----
    def qr(self, session_id: str) -> Qr | None:
        """The code that is shown now; None when there is none (yet)."""
        try:
            return cast(Qr, self.call("GET", f"/sessions/{session_id}/qr", params={"format": "json"}))
        except Refused as refused:
            if refused.code == "no_qr":
                return None
            raise

    def qr_picture(self, session_id: str) -> bytes:
        """As PNG."""
        return self._transport.request("GET", f"/sessions/{session_id}/qr", params={"format": "png"}).content

    def pairing_code(self, session_id: str, phone: str) -> PairingCode:
        """A code to type into the phone with this number, or `Refused` with the code `no_pairing_code`."""
        answer = self.call("POST", f"/sessions/{session_id}/pairing-code", json={"phone": phone})
        if "code" not in answer:
            answer = self.call("GET", f"/sessions/{session_id}/pairing-code")
        return cast(PairingCode, answer)

    def simulated_scan(self, session_id: str) -> None:
        """In the sandbox: a simulated phone links the account."""
        self.call("POST", f"/sessions/{session_id}/simulated-scan", json={})

    # ---- messages ----
    def send(
        self, session_id: str, to: str, kind: str = "text", *, key: str = "", wait: int = 0, **content: Any
    ) -> Message:
        """One message of any kind: `send(id, "+34…", text="Hello")`, `send(id, "+34…", "poll", question=…)`.

        `key` is the Idempotency-Key: the same key never sends twice. Without one each call has its own, so that this
        call may safely be repeated inside when the connection breaks. `wait`: seconds, 30 at most.
        """
        return cast(
            Message,
            self.call(
                "POST",
                f"/sessions/{session_id}/messages/{kind.replace('_', '-')}",
                json={"to": to, **content},
                params={"wait": wait} if wait else {},
                headers={"Idempotency-Key": key or str(uuid.uuid4())},
                repeat=True,
            ),
        )

    def message(self, session_id: str, message_id: str) -> Message:
        return cast(Message, self.call("GET", f"/sessions/{session_id}/messages/{message_id}"))

    def messages(self, session_id: str, **filters: Any) -> Iterator[Message]:
        """Newest first; filters as in the API: `direction="in"`, `chat="+34…"`, `since=…`."""
        return self._transport.pages(f"/sessions/{session_id}/messages", filters)

    def upload(self, filename: str, data: bytes) -> Media:
        """A file for `send(…, "image", media={"id": …})`."""
        return cast(Media, self.call("POST", "/media", files={"file": (filename, data)}))

    # ---- events ----
    def events(self, *types: str, session: str = "", since: str | int | None = None) -> Events:
        """An endless iterator of events (types may be patterns, `message.*`) that resumes by itself.

        Without `since` it begins with what happens from now on; 0: with the whole log; or the `position` of another.
        """
        filters: dict[str, Any] = {"event": list(types)} if types else {}
        return Events(self._transport, filters | ({"session": session} if session else {}), since)

    def _life(self, session_id: str, action: str) -> Session:
        return cast(Session, self.call("POST", f"/sessions/{session_id}/{action}", json={}))

"""An engine without WhatsApp, for what host and client do around any engine. Loaded inside real host processes."""

import os
import threading
import time
from collections.abc import Callable
from typing import Any, ClassVar

from sessions_app.engine.base import (
    EngineEvent,
    MessageReceived,
    Outgoing,
    Person,
    SendFinished,
    StartOptions,
    StateChanged,
)
from sessions_app.engine.errors import InvalidTarget, NotConnected, Refused, Unsupported
from sessions_app.engine.states import Reason, State


class FakeEngine:
    capabilities: ClassVar[frozenset[str]] = frozenset({"send.text"})

    def __init__(self, session: str, options: StartOptions, emit: Callable[[EngineEvent], None]) -> None:
        self.session = session
        self.options = options
        self.emit = emit
        self.state = State.STOPPED

    def start(self) -> None:
        if self.options.device_name == "unable":
            raise NotConnected("told to fail")
        self._to(State.CONNECTED, Reason.CONNECTED)

    def hang_up(self, within: float) -> None:
        pass

    def stop(self) -> bool:
        if self.options.device_name == "unstoppable":
            return False
        self._to(State.STOPPED, Reason.REQUESTED)
        return True

    def logout(self) -> None:
        self._to(State.LOGGED_OUT, Reason.LOGGED_OUT)

    def send(self, message: Outgoing) -> SendFinished:
        match message.content.get("do"):
            case "refuse":
                raise Refused("server returned error 463", code="whatsapp_463")
            case "invalid":
                raise InvalidTarget("no such number")
            case "break":
                raise ValueError("unexpected")
            case "abort":
                os.abort()
        time.sleep(message.content.get("seconds", 0))
        return SendFinished(session=self.session, ref=message.ref, wa_id=f"WA-{message.ref}", timestamp=1.0)

    def call(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "receive":
                for number in range(arguments["count"]):
                    self.emit(self._message(f"M{number}"))
                return {}
            case "sleep":
                time.sleep(arguments["seconds"])
                return {}
            case "environment":
                return dict(os.environ)
            case "thread":
                return {"name": threading.current_thread().name}
            case "echo":
                return arguments
        raise Unsupported(f"{method} is not something this can do")

    def health(self) -> dict[str, Any]:
        return {"state": self.state.value}

    def _to(self, state: State, reason: Reason) -> None:
        self.state = state
        self.emit(StateChanged(session=self.session, state=state, reason=reason, at=time.time()))

    def _message(self, wa_id: str) -> MessageReceived:
        person = Person(jid="34600111222@s.whatsapp.net", lid="1@lid")
        return MessageReceived(
            session=self.session,
            wa_id=wa_id,
            chat=person,
            sender=person,
            from_me=False,
            timestamp=2.0,
            kind="text",
            text="hello",
            raw={"message": {"conversation": "hello"}},
        )


def refuse_to_prepare(config: dict[str, Any]) -> None:
    raise RuntimeError("this machine cannot do that")


def die(config: dict[str, Any]) -> None:
    os.abort()

"""An engine without WhatsApp, for what host and client do around any engine. Loaded inside real host processes."""

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from sessions_app.engine import hosted
from sessions_app.engine.base import (
    EngineEvent,
    MessageReceived,
    Outgoing,
    Person,
    SendFinished,
    StartOptions,
    StateChanged,
)
from sessions_app.engine.errors import InvalidTarget, NotConnected, Unsupported
from sessions_app.engine.refusals import refused
from sessions_app.engine.states import Reason, State


class FakeEngine:
    capabilities: ClassVar[frozenset[str]] = frozenset({"send.text"})

    def __init__(self, session: str, options: StartOptions, emit: Callable[[EngineEvent], None]) -> None:
        self.session = session
        self.options = options
        self.emit = emit
        self.state = State.STOPPED
        self.asleep = 0

    def start(self) -> None:
        if self.options.device_name == "unable":
            raise NotConnected("told to fail")
        self._to(State.CONNECTED, Reason.CONNECTED)

    def hang_up(self, within: float) -> None:
        if self.options.device_name == "late":  # the library hands over what it had
            self.emit(self._message("L"))

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
                raise refused("463")
            case "invalid":
                raise InvalidTarget("no such number")
            case "break":
                raise ValueError("unexpected")
            case "abort":
                os.abort()
        if begun := message.content.get("begun"):
            Path(begun).touch()
        while (until := message.content.get("until")) and not Path(until).exists():
            time.sleep(0.01)
        time.sleep(message.content.get("seconds", 0))
        return SendFinished(session=self.session, ref=message.ref, wa_id=f"WA-{message.ref}", timestamp=1.0)

    def call(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "receive":
                for number in range(arguments["count"]):
                    self.emit(self._message(f"M{number}"))
                return {}
            case "sleep":
                self.asleep += 1
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
        return {"state": self.state.value, "asleep": self.asleep}

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


def be_patient(config: dict[str, Any]) -> None:
    vars(sys.modules["__main__"])["FAREWELL"] = 60.0  # the host's module, as it runs
    hosted.LOCK_WAIT = 25.0


def refuse_to_prepare(config: dict[str, Any]) -> None:
    raise RuntimeError("this machine cannot do that")


def die(config: dict[str, Any]) -> None:
    os.abort()

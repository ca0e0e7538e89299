"""The state machine: what the library reports, as states and requests for help. No neonize here."""

import threading
import time
from collections.abc import Callable

from sessions_app.engine.base import EngineEvent, RestartNeeded, StateChanged
from sessions_app.engine.states import FINAL_STATES, REASON_TEXT, Reason, State

SILENCES_BEFORE_RESTART = 2  # keepalive timeouts: ~37 s and ~77 s after the peer's last word

CONNECT_FAILURES = {  # reasons of LoggedOut that mean the account, not only this device
    "MAIN_DEVICE_GONE": Reason.ACCOUNT_LOCKED,
    "UNKNOWN_LOGOUT": Reason.ACCOUNT_LOCKED,
}


class Lifecycle:
    """Knows the state of one session. A final state stays until the session is started anew."""

    def __init__(self, session: str, emit: Callable[[EngineEvent], None]) -> None:
        self.state = State.STOPPED
        self.session = session
        self._emit = emit
        self._lock = threading.RLock()
        self.silences = 0  # keepalives in a row without an answer
        self.answered_at: float | None = None  # the last answer before them, in Unix seconds
        self._asked = ""
        self._started = False

    # -- what happened ------------------------------------------------------------------------------
    def starting(self) -> None:
        """A connect is under way."""
        self._started = True
        self._to(State.STARTING)

    def connected(self) -> None:
        """Logged in."""
        self.silences, self.answered_at, self._asked = 0, None, ""
        self._to(State.CONNECTED, Reason.CONNECTED)

    def disconnected(self) -> None:
        """The connection is gone; the library reconnects by itself."""
        self._to(State.RECONNECTING, Reason.CONNECTION_LOST)

    def silent(self, answered_at: float | None = None) -> None:
        """A keepalive had no answer. `answered_at`: when one had, in Unix seconds."""
        self.silences, self.answered_at = self.silences + 1, answered_at
        if self._to(State.DEGRADED, Reason.KEEPALIVE_TIMEOUT) and self.silences >= SILENCES_BEFORE_RESTART:
            self.needs_restart("session", Reason.KEEPALIVE_TIMEOUT)

    def replaced(self) -> None:
        """Another connection of the same device took over."""
        self._to(State.REPLACED, Reason.REPLACED)

    def logged_out(self, *, on_connect: bool, why: str) -> None:
        """WhatsApp removed this device; the store is empty now."""
        reason = CONNECT_FAILURES.get(why, Reason.DEVICE_REMOVED) if on_connect else Reason.DEVICE_REMOVED
        self._to(State.LOGGED_OUT, reason)

    def lost(self) -> None:
        """The account is said to be linked, and its credentials are not here."""
        self._to(State.LOGGED_OUT, Reason.CREDENTIALS_LOST)

    def unlinked(self) -> None:
        """We removed this device ourselves."""
        self._to(State.LOGGED_OUT, Reason.LOGGED_OUT)

    def banned(self, why: str, seconds: float | None) -> None:
        """The account is banned for a while."""
        expires_at = time.time() + seconds if seconds else None
        self._to(State.BANNED, Reason.TEMPORARY_BAN, text=why, expires_at=expires_at)

    def outdated(self) -> None:
        """WhatsApp wants a newer library."""
        self._to(State.FAILED, Reason.CLIENT_OUTDATED)

    def refused(self, why: str) -> None:
        """WhatsApp refused the connection for good."""
        self._to(State.FAILED, Reason.CONNECT_FAILURE, text=why)

    def pairing(self, state: State) -> None:
        """A code can be shown."""
        self._to(state, Reason.QR_SHOWN if state is State.SCAN_QR else Reason.NONE)

    def pairing_ended(self, reason: Reason, why: str = "") -> None:
        """Pairing came to nothing. The library waits on for ever, so the process has to end."""
        if self._to(State.FAILED, reason, text=why):
            self.needs_restart("host", reason)

    def trouble(self, reason: Reason, *, scope: str, why: str = "") -> None:
        """The engine cannot go on by itself, a restart of `scope` will help."""
        if self._to(State.RECONNECTING, reason, text=why):
            self.needs_restart(scope, reason, why)

    def unreachable(self, error: str, *, scope: str = "session", proxy: str = "") -> None:
        """The first connection did not come about. `proxy`: the way that it took, without credentials."""
        if proxy:
            why = f"WhatsApp cannot be reached through the proxy {proxy}: {error}"
            self.trouble(Reason.PROXY_FAILED, scope=scope, why=why)
        else:
            self.trouble(Reason.UNREACHABLE, scope=scope, why=error)

    def connect_returned(self, error: str, *, was_up: bool, proxy: str = "") -> None:
        """The library's connect came back though nobody asked it to.

        With an error after it was up, an event broke its loop ("poison"): nobody reads events any more.
        """
        if "TemporaryBan" in error:
            self.banned("", None)
        elif "ConnectFailure" in error:
            self.refused("for a reason this version does not know")
        elif was_up and error:
            self.trouble(Reason.ENGINE_CRASHED, scope="session", why="an event broke the engine's event loop")
        elif was_up:
            self.trouble(Reason.CONNECTION_LOST, scope="session")
        else:
            self.unreachable(error, proxy=proxy)

    def stopped(self) -> None:
        """We stopped it. A final state says more than STOPPED and stays."""
        if self.state not in FINAL_STATES:
            self._to(State.STOPPED, Reason.REQUESTED)

    # -- plumbing -----------------------------------------------------------------------------------
    def needs_restart(self, scope: str, reason: Reason, why: str = "") -> None:
        """Ask the platform for help, once, or once more when it takes the whole host."""
        with self._lock:
            if self._asked in ("host", scope):
                return
            self._asked = scope
        self._emit(RestartNeeded(session=self.session, scope=scope, reason=reason, text=why))

    def _to(
        self, state: State, reason: Reason = Reason.NONE, *, text: str = "", expires_at: float | None = None
    ) -> bool:
        with self._lock:
            if self._started and self.state in FINAL_STATES and state is not State.STARTING:
                return False
            changed, self.state = state is not self.state, state
            if changed:
                self._emit(
                    StateChanged(
                        session=self.session,
                        state=state,
                        reason=reason,
                        text=f"{REASON_TEXT[reason]} ({text})" if text else "",
                        expires_at=expires_at,
                        at=time.time(),
                    )
                )
            return True

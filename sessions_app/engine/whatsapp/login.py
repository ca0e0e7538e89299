"""Pairing: the library shows codes, but keeps to itself when they run out and how it ended."""

import ctypes
import threading
import time
from collections.abc import Callable
from typing import Any

from sessions_app.engine.base import EngineEvent, PairingCode, QrCode, StartOptions
from sessions_app.engine.deadlines import Timer, deadlines
from sessions_app.engine.gate import gate
from sessions_app.engine.states import Reason, State

from .lifecycle import Lifecycle

FIRST_CODE = 60.0
NEXT_CODE = 20.0
CODES = 6
ALL_CODES = FIRST_CODE + (CODES - 1) * NEXT_CODE
MARGIN = 10.0  # our own clock is only for the case that the library says nothing at all
CONNECT_WITHIN = 15.0


class Login:
    """Follows one pairing, from the first code to the first connection."""

    def __init__(
        self,
        client: Any,
        options: StartOptions,
        lifecycle: Lifecycle,
        *,
        emit: Callable[[EngineEvent], None],
        alive: Callable[[], None],
    ) -> None:
        self.scanned = False
        self._client = client
        self._options = options
        self._lifecycle = lifecycle
        self._emit = emit
        self._alive = alive
        self._index = 0
        self._last_code = 0.0
        self._timer: Timer | None = None
        client.event.qr(lambda _, payload: self._code(payload))
        # The library hands the outcome only to this private method, which prints it. There is no other way.
        client._NewClient__onLoginStatus = lambda _, status: self._status(ctypes.string_at(status).decode())

    def cancel(self) -> None:
        """Watch no more."""
        if self._timer:
            self._timer.cancel()

    def connected(self) -> None:
        """The first connection after pairing is there."""
        self.cancel()

    # -- called by the library ----------------------------------------------------------------------
    def _code(self, payload: bytes) -> None:
        self._alive()
        self._index += 1
        self._last_code = time.time()
        lifetime = FIRST_CODE if self._index == 1 else NEXT_CODE
        self._watch(lifetime + MARGIN, lambda: self._lifecycle.pairing_ended(Reason.QR_EXPIRED))
        if self._options.pairing == "code":
            if self._index == 1:
                # Not here: this thread has to go back to the library for the answer to come in.
                threading.Thread(target=self._ask_for_code, name="pair-phone", daemon=True).start()
            return
        self._emit(
            QrCode(
                session=self._lifecycle.session,
                payload=payload.decode(),
                index=self._index,
                total=max(CODES, self._index),
                expires_at=self._last_code + lifetime,
            )
        )
        self._lifecycle.pairing(State.SCAN_QR)

    def _status(self, status: str) -> None:
        self._alive()
        self.cancel()
        match status:
            case "success":
                self.scanned = True
                self._watch(CONNECT_WITHIN, self._stranded)
            case "timeout":
                self._lifecycle.pairing_ended(self._why_timeout())
            case "error":
                self._lifecycle.pairing_ended(Reason.PAIRING_REFUSED)
            case "err-client-outdated":
                self._lifecycle.pairing_ended(Reason.CLIENT_OUTDATED)
            case _:
                self._lifecycle.pairing_ended(Reason.PAIRING_FAILED, status)

    # -- our own part -------------------------------------------------------------------------------
    def _ask_for_code(self) -> None:
        phone = self._options.phone
        try:
            with gate.entry():
                code = self._client.PairPhone(phone, True)
        except Exception as error:  # noqa: BLE001 - it must not leave the session without a state
            self._lifecycle.pairing_ended(Reason.PAIRING_REFUSED, str(error)[:200])
            return
        expires_at = self._last_code + ALL_CODES
        self._emit(PairingCode(session=self._lifecycle.session, code=code, phone=phone, expires_at=expires_at))
        self._lifecycle.pairing(State.PAIRING_CODE)

    def _why_timeout(self) -> Reason:
        # "timeout" also stands for a connection that went away before the code had run out.
        ran_out = time.time() - self._last_code >= NEXT_CODE - 1
        return Reason.QR_EXPIRED if ran_out else Reason.PAIRING_FAILED

    def _stranded(self) -> None:
        self._lifecycle.trouble(Reason.START_TIMEOUT, scope="host", why="paired, but no connection followed")

    def _watch(self, seconds: float, action: Callable[[], None]) -> None:
        self.cancel()
        self._timer = deadlines.after(seconds, action)

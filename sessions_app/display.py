"""How a state looks to a person: one table for the pages' templates and their scripts."""

from dataclasses import asdict, dataclass
from typing import Any

from sessions_app.engine.states import FINAL_STATES, State


@dataclass(frozen=True, slots=True)
class Look:
    """`tone` is a colour, never the only sign; `panel` is what the session page shows in the middle."""

    label: str
    icon: str
    tone: str  # neutral | info | success | warning | danger
    panel: str  # start | waiting | qr | code | account


LOOKS: dict[State, Look] = {
    State.STOPPED: Look("Stopped", "stop_circle", "neutral", "start"),
    State.STARTING: Look("Starting", "hourglass_top", "info", "waiting"),
    State.SCAN_QR: Look("Waiting for scan", "qr_code_2", "info", "qr"),
    State.PAIRING_CODE: Look("Waiting for code", "pin", "info", "code"),
    State.CONNECTED: Look("Connected", "check_circle", "success", "account"),
    State.DEGRADED: Look("Unstable", "network_check", "warning", "account"),
    State.RECONNECTING: Look("Reconnecting", "sync", "warning", "account"),
    State.REPLACED: Look("Taken over", "swap_horiz", "danger", "start"),
    State.LOGGED_OUT: Look("Logged out", "link_off", "danger", "start"),
    State.BANNED: Look("Banned", "block", "danger", "start"),
    State.FAILED: Look("Failed", "error", "danger", "start"),
}


def look(state: str) -> Look:
    return LOOKS[State(state)]


def states_payload() -> dict[str, dict[str, Any]]:
    """The table as scripts read it."""
    return {state.value: {**asdict(looks), "final": state in FINAL_STATES} for state, looks in LOOKS.items()}

"""The closed list of states a session can be in, and the reasons that lead there."""

from enum import StrEnum


class State(StrEnum):
    """Actual state of a session; the desired state is only started or stopped."""

    STOPPED = "STOPPED"
    STARTING = "STARTING"
    SCAN_QR = "SCAN_QR"
    PAIRING_CODE = "PAIRING_CODE"
    CONNECTED = "CONNECTED"
    DEGRADED = "DEGRADED"
    RECONNECTING = "RECONNECTING"
    REPLACED = "REPLACED"
    LOGGED_OUT = "LOGGED_OUT"
    BANNED = "BANNED"
    FAILED = "FAILED"


# A person must act before these can go on: the platform never restarts them by itself.
FINAL_STATES = frozenset({State.STOPPED, State.REPLACED, State.LOGGED_OUT, State.BANNED, State.FAILED})
# WhatsApp accepts sends in these; in DEGRADED a send may take long and is bounded by its own deadline.
SENDING_STATES = frozenset({State.CONNECTED, State.DEGRADED})
PAIRING_STATES = frozenset({State.SCAN_QR, State.PAIRING_CODE})


class Reason(StrEnum):
    """Stable machine-readable reason beside a state. REASON_TEXT says the same to a person."""

    NONE = ""
    REQUESTED = "requested"
    QR_SHOWN = "qr_shown"
    QR_EXPIRED = "qr_expired"
    PAIRING_REFUSED = "pairing_refused"
    PAIRING_FAILED = "pairing_failed"
    CONNECTED = "connected"
    CONNECTION_LOST = "connection_lost"
    KEEPALIVE_TIMEOUT = "keepalive_timeout"
    UNREACHABLE = "unreachable"
    PROXY_FAILED = "proxy_failed"
    START_TIMEOUT = "start_timeout"
    REPLACED = "replaced"
    DEVICE_REMOVED = "device_removed"
    LOGGED_OUT = "logged_out"
    ACCOUNT_LOCKED = "account_locked"
    TEMPORARY_BAN = "temporary_ban"
    CLIENT_OUTDATED = "client_outdated"
    CONNECT_FAILURE = "connect_failure"
    ENGINE_CRASHED = "engine_crashed"
    ENGINE_ERROR = "engine_error"
    WORKER_LOST = "worker_lost"
    MOVED = "moved"
    CATCHING_UP = "catching_up"
    CREDENTIALS_LOST = "credentials_lost"


REASON_TEXT: dict[Reason, str] = {
    Reason.NONE: "",
    Reason.REQUESTED: "Stopped on request.",
    Reason.QR_SHOWN: "Scan the code with WhatsApp on the phone: Settings > Linked devices > Link a device.",
    Reason.QR_EXPIRED: "All QR codes ran out before anybody scanned one. Start the session to get new codes.",
    Reason.PAIRING_REFUSED: "The phone or WhatsApp refused the link. Start the session to try again.",
    Reason.PAIRING_FAILED: "Pairing ended before it was complete. Start the session to try again.",
    Reason.CONNECTED: "Connected.",
    Reason.CONNECTION_LOST: "The connection to WhatsApp was lost; reconnecting by itself.",
    Reason.KEEPALIVE_TIMEOUT: "WhatsApp does not answer keepalives; the session restarts if that goes on.",
    Reason.UNREACHABLE: "WhatsApp's server cannot be reached; trying again by itself.",
    Reason.PROXY_FAILED: "WhatsApp cannot be reached through the session's proxy; trying again by itself.",
    Reason.START_TIMEOUT: "The session did not come up in time; trying again by itself.",
    Reason.REPLACED: "Another program connected with the same linked device. Start the session to take over again.",
    Reason.DEVICE_REMOVED: "The phone removed this linked device. Start the session and scan a new code.",
    Reason.LOGGED_OUT: "Logged out. Start the session and scan a new code.",
    Reason.ACCOUNT_LOCKED: "WhatsApp locked this account or its phone is gone. Check WhatsApp on the phone.",
    Reason.TEMPORARY_BAN: "WhatsApp banned this account for a while. Wait for the end of the ban before starting.",
    Reason.CLIENT_OUTDATED: "WhatsApp refuses this client version. Update the platform, then start the session.",
    Reason.CONNECT_FAILURE: "WhatsApp refused the connection. Start the session to try again.",
    Reason.ENGINE_CRASHED: "The engine process ended unexpectedly; restarting by itself.",
    Reason.ENGINE_ERROR: "The engine reported an error.",
    Reason.WORKER_LOST: "The worker that carried this session is gone; another takes over.",
    Reason.CREDENTIALS_LOST: "The account's credentials are neither on this machine nor in a snapshot. "
    "Start the session and scan a new code.",
    Reason.MOVED: "The session moves to another worker; it is back in a moment.",
    Reason.CATCHING_UP: "More came in than the database took at the time. It is kept on disk and stored first; "
    "back by itself.",
}

"""How states and reasons look to people: a colour, an icon and words."""

from .models import BroadcastState, RecipientState

LOOKS = {
    BroadcastState.DRAFT: {"label": "Draft", "icon": "edit_note", "tone": "neutral"},
    BroadcastState.SCHEDULED: {"label": "Scheduled", "icon": "schedule", "tone": "info"},
    BroadcastState.RUNNING: {"label": "Running", "icon": "play_circle", "tone": "success"},
    BroadcastState.PAUSED: {"label": "Paused", "icon": "pause_circle", "tone": "warning"},
    BroadcastState.FINISHED: {"label": "Finished", "icon": "check_circle", "tone": "success"},
    BroadcastState.CANCELLED: {"label": "Cancelled", "icon": "cancel", "tone": "neutral"},
    BroadcastState.FAILED: {"label": "Failed", "icon": "error", "tone": "danger"},
}
# In the order in which a recipient goes through them.
RECIPIENT_LOOKS = {
    RecipientState.PENDING: {"label": "Waiting", "icon": "hourglass_empty", "tone": "neutral"},
    RecipientState.QUEUED: {"label": "In the outbox", "icon": "outbox", "tone": "info"},
    RecipientState.SENT: {"label": "Sent", "icon": "done", "tone": "info"},
    RecipientState.DELIVERED: {"label": "Delivered", "icon": "done_all", "tone": "success"},
    RecipientState.READ: {"label": "Read", "icon": "visibility", "tone": "success"},
    RecipientState.REPLIED: {"label": "Replied", "icon": "reply", "tone": "success"},
    RecipientState.SKIPPED: {"label": "Skipped", "icon": "skip_next", "tone": "neutral"},
    RecipientState.FAILED: {"label": "Failed", "icon": "error", "tone": "danger"},
    RecipientState.UNCONFIRMED: {"label": "Unconfirmed", "icon": "help", "tone": "warning"},
}
# Other codes are shown as they are: they are the messages' own, and documented.
REASONS = {
    "suppressed": "On the suppression list",
    "contact_gone": "The contact was removed",
    "variable_missing": "A variable had no value",
    "content_invalid": "The filled-in message was not valid",
    "too_late": "Too late",
    "cancelled": "Cancelled",
    "message_gone": "The message went with its session",
    "erased": "Erased on request",
    "recipient_not_found": "WhatsApp does not know the number",
    "not_on_whatsapp": "The number is not on WhatsApp",
    "session_deleted": "The session was deleted",
    "no_session": "No session is left to send it",
    "reachout_timelock": "WhatsApp restricts new conversations",
    "whatsapp_rate_limited": "WhatsApp asked to slow down",
    "failure_rate": "Too many messages failed",
    "session_logged_out": "The session is logged out",
    "session_banned": "The account is banned",
    "session_stopped": "The session is stopped",
    "session_reconnecting": "The session is reconnecting",
    "session_starting": "The session is starting",
    "session_scan_qr": "The session waits to be linked",
    "session_pairing_code": "The session waits to be linked",
    "session_replaced": "The session was replaced",
    "session_degraded": "The connection is disturbed",
    "session_failed": "The session failed",
}

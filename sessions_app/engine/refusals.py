"""What WhatsApp answers instead of doing what it was asked: one scheme of stable codes for messages and for calls.

Its numbers are the `error` of `<ack class="message">`, the `code` of an iq's `<error>`, or that of a GraphQL error.
WhatsApp documents none of them; the meanings are those that its own clients and the libraries whatsmeow and Baileys
attach to them. The code of a refusal never depends on what was asked, only its sentence may (`translate`).
"""

from typing import NamedTuple

from .errors import Refused

REACHOUT_TIMELOCK = "reachout_timelock"
RATE_LIMITED = "whatsapp_rate_limited"
NOT_ALLOWED = "whatsapp_not_allowed"
NOT_FOUND = "whatsapp_not_found"
RECIPIENT_NOT_FOUND = "recipient_not_found"
"""Not a number of WhatsApp's: its library looked the phone number up and found no account."""

BAD_REQUEST = "whatsapp_bad_request"
CONFLICT = "whatsapp_conflict"
GONE = "whatsapp_gone"
FULL = "whatsapp_full"
UNAVAILABLE = "whatsapp_unavailable"
DEVICES_CHANGED = "recipient_devices_changed"

HTTP_STATUS: dict[str, int] = {
    BAD_REQUEST: 400,
    NOT_ALLOWED: 403,
    REACHOUT_TIMELOCK: 403,
    NOT_FOUND: 404,
    RECIPIENT_NOT_FOUND: 404,
    CONFLICT: 409,
    FULL: 409,
    DEVICES_CHANGED: 409,
    GONE: 410,
    RATE_LIMITED: 429,
    UNAVAILABLE: 503,
}
"""What a REST caller gets with each code; 502 with one that is not here."""


class Meaning(NamedTuple):
    """One of WhatsApp's numbers: a code for programs, a sentence for people."""

    code: str
    sentence: str


MEANINGS: dict[str, Meaning] = {
    "400": Meaning(BAD_REQUEST, "WhatsApp found this malformed, or does not allow it here (400)."),
    "401": Meaning(NOT_ALLOWED, "WhatsApp does not allow this account to do that (401)."),
    "403": Meaning(NOT_ALLOWED, "WhatsApp does not allow this account to do that (403)."),
    "404": Meaning(NOT_FOUND, "WhatsApp knows nothing under this address (404). Check it."),
    "405": Meaning(NOT_ALLOWED, "WhatsApp does not allow this here (405)."),
    "406": Meaning(BAD_REQUEST, "WhatsApp does not accept this (406)."),
    "408": Meaning(UNAVAILABLE, "WhatsApp had no answer in time (408). Try again."),
    "409": Meaning(CONFLICT, "It is so already, or somebody else changed it at the same time (409)."),
    "410": Meaning(GONE, "This is gone: WhatsApp had it once (410)."),
    "419": Meaning(FULL, "It is full (419)."),
    "420": Meaning(DEVICES_CHANGED, "The recipient's devices have changed (420). Send the message again."),
    "421": Meaning(DEVICES_CHANGED, "The group's addresses have changed (421). Send the message again."),
    "429": Meaning(
        RATE_LIMITED, "Too much was asked of WhatsApp in a short time (429). Wait a while before the next attempt."
    ),
    "463": Meaning(
        REACHOUT_TIMELOCK,
        "WhatsApp does not let this account write to people it has no chat with for now (463). "
        "Replies still work; wait before writing to new people.",
    ),
    "479": Meaning(BAD_REQUEST, "WhatsApp found the message or its address malformed (479)."),
    "500": Meaning(UNAVAILABLE, "WhatsApp had an error of its own (500). Try again later."),
    "503": Meaning(UNAVAILABLE, "WhatsApp is not available (503). Try again later."),
}

OF_MESSAGES: dict[str, str] = {
    "400": "WhatsApp found the message malformed (400). This kind of message may not be allowed in this chat.",
    "401": "WhatsApp does not allow this account to write to this chat (401). "
    "It may have been blocked or removed there.",
    "403": "WhatsApp does not allow this account to write there (403). In a group, see whether it is still a member, "
    "and whether only admins may write.",
    "406": "WhatsApp does not accept this message (406).",
    "408": "WhatsApp had no answer in time (408). Send the message again.",
    "500": "WhatsApp had an error of its own (500). Send the message again later.",
    "503": "WhatsApp is not available (503). Send the message again later.",
}
"""What the numbers mean where a message was to be sent."""


def refused(number: str, sentence: str = "") -> Refused:
    """The error for one of WhatsApp's numbers; `whatsapp_<number>` for those that nobody has explained."""
    unknown = Meaning(f"whatsapp_{number}", f"WhatsApp refused this (error {number}).")
    meaning = MEANINGS.get(number, unknown)
    return Refused(sentence or meaning.sentence, code=meaning.code)

"""WhatsApp addresses: whatever form a caller writes, one canonical JID comes out."""

import re

from whatsapp_api.core.phones import BadPhone, phone_digits

USER_SERVER = "s.whatsapp.net"
LEGACY_USER_SERVER = "c.us"
# The part before the @, by server. A group's is its creator's number and a time, or one long number.
LOCAL_PARTS: dict[str, re.Pattern[str]] = {
    USER_SERVER: re.compile(r"[0-9]{5,15}"),
    "lid": re.compile(r"[0-9]{1,20}"),
    "g.us": re.compile(r"[0-9]{5,15}-[0-9]{5,15}|[0-9]{15,25}"),
    "newsletter": re.compile(r"[0-9]{5,25}"),
    "broadcast": re.compile(r"status|[0-9]{5,25}"),
}
DEVICE = re.compile(r"(?:\.[0-9]+)?(?::[0-9]+)?$")
FORMS = (
    "a phone number with country code (+34600111222) or a chat id such as 34600111222@c.us, "
    "34600111222@s.whatsapp.net, 123456789012345678@g.us or 1234567890@lid"
)


class BadAddress(ValueError):
    """Its text tells the caller what to write instead."""


def canonical_jid(address: str) -> str:
    """The JID as the platform stores and compares it; raises BadAddress."""
    local, at, server = address.strip().lower().partition("@")
    if not at:
        return f"{_digits(local)}@{USER_SERVER}"
    server = USER_SERVER if server == LEGACY_USER_SERVER else server
    if server not in LOCAL_PARTS:
        raise BadAddress(f"WhatsApp knows no address of this kind; write {FORMS}.")
    if server in {USER_SERVER, "lid"}:
        local = DEVICE.sub("", local.removeprefix("+"))  # a device is not a chat
    if not LOCAL_PARTS[server].fullmatch(local):
        raise BadAddress(f"The part before the @ does not fit; write {FORMS}.")
    return f"{local}@{server}"


def _digits(number: str) -> str:
    try:
        return phone_digits(number)
    except BadPhone as error:
        raise BadAddress(f"{error} Or write a chat id such as 123456789012345678@g.us or 1234567890@lid.") from error

"""WhatsApp addresses: text on our side, protobuf on neonize's. The library validates none of them."""

import re
from typing import Any

from sessions_app.engine.base import Person
from sessions_app.engine.errors import InvalidTarget

from .library import pb

PHONE_SERVER = "s.whatsapp.net"
LID_SERVER = "lid"
GROUP_SERVER = "g.us"
CHANNEL_SERVER = "newsletter"
STATUS_SERVER = "broadcast"

USER = {
    PHONE_SERVER: re.compile(r"[1-9][0-9]{4,19}"),
    LID_SERVER: re.compile(r"[1-9][0-9]{0,24}"),
    GROUP_SERVER: re.compile(r"[0-9]{5,30}(-[0-9]{5,20})?"),
    CHANNEL_SERVER: re.compile(r"[0-9]{5,30}"),
    STATUS_SERVER: re.compile(r"status"),
}
PEOPLE = (PHONE_SERVER, LID_SERVER)
CHATS = tuple(USER)
"""Where messages can be, the status included."""
ADDRESSES = tuple(server for server in USER if server != STATUS_SERVER)
NOBODY = pb.JID(User="", Server="", Device=0, RawAgent=0, Integrator=0, IsEmpty=True)
PHONE = re.compile(r"[1-9][0-9]{4,19}")


def parse(text: Any, *servers: str) -> Any:
    """The protobuf JID of a person, group or channel, or on one of these servers; InvalidTarget for anything else."""
    user, _, server = text.partition("@") if isinstance(text, str) else ("", "", "")
    pattern = USER.get(server) if server in (servers or ADDRESSES) else None
    if pattern is None or not pattern.fullmatch(user):
        raise InvalidTarget("not the JID of a phone number, a LID, a group or a channel")
    return pb.JID(User=user, Server=server, Device=0, RawAgent=0, Integrator=0, IsEmpty=False)


def phone(text: Any) -> str:
    """Digits of an international number, with or without a plus; InvalidTarget for anything else."""
    digits = text.removeprefix("+") if isinstance(text, str) else ""
    if not PHONE.fullmatch(digits):
        raise InvalidTarget("not a phone number in international format")
    return str(digits)


def text(jid: Any) -> str:
    """`user@server` without device part; empty for no JID."""
    if not jid.Server:
        return ""
    return f"{jid.User}@{jid.Server}" if jid.User else str(jid.Server)


def person(*jids: Any) -> Person:
    """The person or chat that several JIDs name, each address in its place."""
    known = [address for address in map(text, jids) if "@" in address]
    return Person(
        jid=next((address for address in known if not address.endswith("@lid")), ""),
        lid=next((address for address in known if address.endswith("@lid")), ""),
    )

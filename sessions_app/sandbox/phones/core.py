"""What all parts of a phone share: who it is, its memory, its keys, its clock, and whom it can ask."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sessions_app.sandbox.phones.blobs import Blobs, pack, unpack
from sessions_app.sandbox.phones.directory import Directory
from sessions_app.sandbox.phones.keys import OwnKeys
from sessions_app.sandbox.phones.log import MessageLog
from sessions_app.sandbox.phones.sessions import Sessions
from sessions_app.sandbox.wire.jid import GROUP_SERVER, JID, LID_SERVER, SERVER_JID, STATUS_JID, USER_SERVER
from sessions_app.sandbox.wire.node import Node

Clock = Callable[[], float]
CONTACTS = "contact/"


@dataclass(slots=True)
class Profile:
    """Who the phone belongs to, and which devices it has linked (number -> identity key)."""

    number: str
    lid: str
    name: str
    linked: dict[int, bytes]

    def save(self, blobs: Blobs) -> None:
        blobs.put("profile", pack((self.number, self.lid, self.name, self.linked)))

    @classmethod
    def load(cls, blobs: Blobs) -> Profile:
        stored = blobs.get("profile")
        if stored is None:
            raise KeyError("these blobs hold no phone")
        return cls(*unpack(stored))


class Core:
    """The shared state of one phone."""

    __slots__ = ("blobs", "clock", "directory", "jid", "keys", "lid", "log", "profile", "sessions")

    def __init__(self, profile: Profile, blobs: Blobs, directory: Directory, clock: Clock) -> None:
        self.profile, self.blobs, self.directory, self.clock = profile, blobs, directory, clock
        self.jid = JID(profile.number, USER_SERVER)
        self.lid = JID(profile.lid, LID_SERVER)
        self.keys = OwnKeys(blobs)
        self.sessions = Sessions(blobs, self.keys)
        self.log = MessageLog(blobs)

    def now(self) -> int:
        """Seconds since 1970."""
        return int(self.clock())

    def is_own(self, jid: JID) -> bool:
        """Whether a JID is a device of this account."""
        return jid.user == self.lid.user

    def as_lid(self, jid: JID) -> JID:
        """A person's JID as LID, its device kept; groups, and people that nobody knows, stay as they are."""
        if jid.server in {LID_SERVER, GROUP_SERVER} or jid == STATUS_JID:
            return jid
        known = self.directory.lid(jid.bare())
        return known.with_device(jid.device) if known else jid

    def sender_of(self, stanza: Node) -> JID:
        """The device that a stanza comes from, in a group the member's."""
        attributes = stanza.attrs
        return self.as_lid(as_jid(attributes.get("participant")) or as_jid(attributes.get("from")) or SERVER_JID)

    def devices(self, account: JID) -> list[JID]:
        """The devices of an account without this phone itself."""
        return [device for device in self.directory.devices(account) if device != self.lid]

    def group_devices(self, group: JID) -> list[JID]:
        """The devices of all members of a group, or of whoever sees the status, without this phone itself."""
        return [device for member in self.members(group) for device in self.devices(member)]

    def members(self, chat: JID) -> list[JID]:
        """Who reads what is written in a group; for the status this account and its address book."""
        if chat != STATUS_JID:
            return list(self.directory.participants(chat))
        book = {self.as_lid(JID.parse(jid)) for jid, _ in self.blobs.scan(CONTACTS)}
        return [self.lid, *sorted(book - {self.lid}, key=str)]

    def know(self, contact: JID, name: str) -> None:
        """Keep somebody in the address book."""
        self.blobs.put(f"{CONTACTS}{contact}", name.encode())

    def chat_devices(self, chat: JID) -> list[JID]:
        """Every device of the other side of a chat."""
        return self.group_devices(chat) if is_shared(chat) else self.devices(chat)


def is_shared(jid: JID) -> bool:
    """Whether several people write there, so that a stanza names its writer: a group, or the status."""
    return jid.server == GROUP_SERVER or jid == STATUS_JID


def new_id() -> str:
    """A message id as phones make them."""
    return "AC" + secrets.token_hex(15).upper()


def as_number(text: str, default: int) -> int:
    """A number that someone else wrote, or the default."""
    return int(text) if text.isascii() and text.isdigit() else default


def as_jid(value: str | JID | None) -> JID | None:
    """A JID that someone else wrote; None if it is none."""
    if not isinstance(value, str):
        return value
    try:
        return JID.parse(value) if value else None
    except ValueError:
        return None

"""WhatsApp addresses (WhatsApp multi-device protocol, "JID")."""

from __future__ import annotations

from dataclasses import dataclass

USER_SERVER = "s.whatsapp.net"
LID_SERVER = "lid"
GROUP_SERVER = "g.us"
NEWSLETTER_SERVER = "newsletter"
BROADCAST_SERVER = "broadcast"


@dataclass(frozen=True, slots=True)
class JID:
    """``user@server``; a device above 0 makes it an AD-JID, ``user:device@server``."""

    user: str
    server: str
    device: int = 0

    @classmethod
    def parse(cls, text: str) -> JID:
        """Read ``628:3@s.whatsapp.net``, ``628@lid`` or a bare server such as ``s.whatsapp.net``."""
        user, at, server = text.rpartition("@")
        if not at:
            return cls("", text)
        user, _, device = user.partition(":")
        return cls(user, server, int(device) if device else 0)

    def __str__(self) -> str:
        if not self.user:
            return self.server
        device = f":{self.device}" if self.device else ""
        return f"{self.user}{device}@{self.server}"

    def bare(self) -> JID:
        """The same address without its device."""
        return JID(self.user, self.server) if self.device else self

    def with_device(self, device: int) -> JID:
        """The same user's given device."""
        return JID(self.user, self.server, device)


SERVER_JID = JID("", USER_SERVER)
STATUS_JID = JID("status", BROADCAST_SERVER)
"""Where status updates are written: a chat without members, for whoever an account lets see them."""

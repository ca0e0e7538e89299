"""When a message cannot be decrypted: asking for it again, and sending it again (WhatsApp `retry` receipts)."""

from __future__ import annotations

from sessions_app.sandbox.crypto.signal.keys import InvalidBundleError
from sessions_app.sandbox.phones.bundles import key_nodes, read_bundle, read_number, registration_node
from sessions_app.sandbox.phones.core import Core, as_jid, as_number, is_shared
from sessions_app.sandbox.phones.outbox import Outbox
from sessions_app.sandbox.phones.results import Outgoing
from sessions_app.sandbox.wire.jid import JID
from sessions_app.sandbox.wire.node import Node

MAX_RETRIES = 5
MAX_REMEMBERED = 500


class Retries:
    """Counts how often each message has been asked for; nobody asks more than `MAX_RETRIES` times."""

    __slots__ = ("_asked", "_core", "_outbox")

    def __init__(self, core: Core, outbox: Outbox) -> None:
        self._core, self._outbox = core, outbox
        self._asked: dict[tuple[JID, str], int] = {}

    def ask(self, stanza: Node, sender: JID) -> list[Outgoing]:
        """The receipt that asks `sender` (a device) for a message again, with keys for a new session."""
        core, message_id = self._core, stanza.text("id")
        count = self._count(sender, message_id)
        if count > MAX_RETRIES:
            return []
        retry = {"count": str(count), "id": message_id, "t": stanza.text("t"), "v": "1"}
        keys = core.keys.bundle()
        children = [
            Node("retry", {**retry}),
            registration_node(core.keys.registration_id),
            Node("keys", content=key_nodes(keys)),
        ]
        return [Outgoing(sender, Node("receipt", self._attributes(stanza, message_id), children))]

    def _count(self, sender: JID, message_id: str) -> int:
        """How often this message has been asked for, this time included."""
        count = self._asked.pop((sender, message_id), 0) + 1
        self._asked[sender, message_id] = count
        while len(self._asked) > MAX_REMEMBERED:
            del self._asked[next(iter(self._asked))]
        return count

    def _attributes(self, stanza: Node, message_id: str) -> dict[str, str | JID]:
        core, chat = self._core, as_jid(stanza.attrs.get("from"))
        common: dict[str, str | JID] = {"id": message_id, "t": str(core.now()), "type": "retry"}
        if chat is not None and is_shared(chat):
            return {"from": chat, "participant": core.lid, **common}
        if (recipient := as_jid(stanza.attrs.get("recipient"))) is not None:
            common["recipient"] = recipient
        return {"from": core.lid, **common}

    def answer(self, receipt: Node, device: JID) -> list[Outgoing]:
        """`device` could not decrypt a message of this phone: a new session, and the message again."""
        retry = receipt.child("retry")
        count = as_number(retry.text("count"), 1) if retry else 1
        entry = self._core.log.find(self._core.lid, receipt.text("id"))
        if entry is None or count > MAX_RETRIES or not self._renew(receipt, device):
            return []
        return self._outbox.resend(entry, device, count)

    def _renew(self, receipt: Node, device: JID) -> bool:
        """Open a session with the keys that the receipt carries, or with those that the server has."""
        registration = read_number(receipt, "registration")
        keys = receipt.child("keys")
        bundle = read_bundle(keys, registration) if keys else self._core.directory.bundle(device)
        if bundle is None:
            return False
        try:
            self._core.sessions.open(device, bundle)
        except InvalidBundleError:
            return False
        return True

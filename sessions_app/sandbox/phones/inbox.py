"""Everything that reaches a phone: messages are decrypted and answered with receipts, the rest is noticed."""

from __future__ import annotations

from typing import Any

from google.protobuf.message import DecodeError

from sessions_app.sandbox.crypto import adv
from sessions_app.sandbox.crypto.signal.errors import DecryptError, DuplicateMessageError, InvalidMessageError
from sessions_app.sandbox.crypto.signal.messages import PreKeyMessage
from sessions_app.sandbox.phones import receipts
from sessions_app.sandbox.phones.core import Core, as_jid, as_number, is_shared
from sessions_app.sandbox.phones.outbox import PEER
from sessions_app.sandbox.phones.reading import is_empty, read
from sessions_app.sandbox.phones.results import Batch, Noticed, Received
from sessions_app.sandbox.phones.retries import Retries
from sessions_app.sandbox.phones.showing import received
from sessions_app.sandbox.protos import adv as adv_pb
from sessions_app.sandbox.protos import e2e
from sessions_app.sandbox.wire.jid import JID, NEWSLETTER_SERVER
from sessions_app.sandbox.wire.node import Node


class Inbox:
    """Takes one message stanza apart."""

    __slots__ = ("_core", "_retries")

    def __init__(self, core: Core, retries: Retries) -> None:
        self._core, self._retries = core, retries

    def take(self, stanza: Node) -> Batch:
        """Decrypt what a `<message>` carries for this device."""
        if stanza.child("plaintext") is not None:
            return self._post(stanza)
        batch = Batch()
        sender = self._core.sender_of(stanza)
        try:
            for enc in stanza.children("enc"):
                self._open(stanza, enc, sender, batch)
        except DecryptError as error:
            batch.noticed.append(
                Noticed("undecryptable", sender, {"id": stanza.text("id"), "reason": type(error).__name__})
            )
            batch.outgoing += self._retries.ask(stanza, sender)
            return batch
        if not self._core.is_own(sender):
            batch.outgoing += receipts.delivered(self._core, stanza.text("id"), _chat(stanza, sender), sender)
        return batch

    def _post(self, stanza: Node) -> Batch:
        """A post of a channel, which is not encrypted."""
        chat, plaintext = as_jid(stanza.attrs.get("from")), stanza.child("plaintext")
        if chat is None or plaintext is None or chat.server != NEWSLETTER_SERVER:
            return Batch()
        try:
            message = e2e.Message.FromString(plaintext.data())
        except DecodeError:
            return Batch()
        shown = self._show(stanza, chat, message)
        return Batch(messages=[shown] if shown is not None else [])

    def _open(self, stanza: Node, enc: Node, sender: JID, batch: Batch) -> None:
        try:
            message = e2e.Message.FromString(self._decrypt(stanza, enc, sender))
        except DuplicateMessageError:
            if self._core.log.find(sender, stanza.text("id")) is None:
                raise  # a key used twice: clients that send and receive at once do that, and send again when asked
            return  # delivered once more because an acknowledgement was lost
        except DecodeError as error:
            raise InvalidMessageError("not a message") from error
        self._keep_sender_key(message, sender)
        if stanza.text("category") == PEER:
            if self._core.is_own(sender):
                batch.noticed.append(Noticed(PEER, sender, {"id": stanza.text("id"), "type": read(message).text}))
            return
        shown = self._show(stanza, sender, message)
        if shown is not None:
            batch.messages.append(shown)

    def _decrypt(self, stanza: Node, enc: Node, sender: JID) -> bytes:
        kind, padded = enc.text("type"), enc.text("v", "2") == "2"
        sessions = self._core.sessions
        if kind == "skmsg":
            return sessions.decrypt_group(_chat(stanza, sender), sender, enc.data(), padded=padded)
        if kind == "pkmsg" and sender.device:
            self._check_device(stanza, enc, sender)
        return sessions.decrypt(sender, kind, enc.data(), padded=padded)

    def _check_device(self, stanza: Node, enc: Node, sender: JID) -> None:
        """A linked device proves with its first message that its account has signed it."""
        node = stanza.child("device-identity")
        if node is None:
            return
        identity = PreKeyMessage.parse(enc.data()).identity
        try:
            account = self._account_key(sender) or _named_account(node)
            adv.check_device(node.data(), account=account, device_identity=identity)
        except (adv.SignatureError, DecodeError) as error:
            raise InvalidMessageError(str(error)) from error

    def _account_key(self, device: JID) -> bytes | None:
        """The identity key of an account, as far as this phone knows it."""
        own = self._core.is_own(device)
        return self._core.keys.identity.public if own else self._core.sessions.identity(device.bare())

    def _keep_sender_key(self, message: Any, sender: JID) -> None:
        if message.HasField("senderKeyDistributionMessage"):
            part = message.senderKeyDistributionMessage
            if (group := as_jid(part.groupID)) is not None:
                self._core.sessions.add_distribution(group, sender, part.axolotlSenderKeyDistributionMessage)

    def _show(self, stanza: Node, sender: JID, message: Any) -> Received | None:
        """The message as the phone shows it; None if there is nothing to show or it has been shown."""
        core, message_id, chat = self._core, stanza.text("id"), _chat(stanza, sender)
        if message.HasField("deviceSentMessage") and core.is_own(sender):
            chat = core.as_lid((as_jid(message.deviceSentMessage.destinationJID) or chat).bare())
            message = message.deviceSentMessage.message
        if is_empty(message) or core.log.find(sender, message_id) is not None:
            return None
        entry = core.log.add(
            id=message_id,
            chat=chat,
            sender=sender,
            timestamp=as_number(stanza.text("t"), core.now()),
            push_name=stanza.text("notify"),
            message=message.SerializeToString(),
        )
        return received(core, entry)


def _named_account(device_identity: Node) -> bytes:
    """The account key that a device identity itself names: first contact has to be believed."""
    return bytes(adv_pb.ADVSignedDeviceIdentity.FromString(device_identity.data()).accountSignatureKey)


def _chat(stanza: Node, sender: JID) -> JID:
    """The group, or the person who wrote."""
    chat = as_jid(stanza.attrs.get("from"))
    return chat if chat is not None and is_shared(chat) else sender.bare()

"""The primary device of an account: what a person's phone does, as a machine without I/O.

Every method returns stanzas to deliver instead of sending them; `changes()` tells what to save.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from sessions_app.sandbox.crypto import adv, media
from sessions_app.sandbox.crypto.signal.keys import PreKeyBundle
from sessions_app.sandbox.phones import app_state, greeting, notices, polls, receipts
from sessions_app.sandbox.phones.app_state import AppState
from sessions_app.sandbox.phones.blobs import Blobs
from sessions_app.sandbox.phones.core import Clock, Core, Profile, new_id
from sessions_app.sandbox.phones.directory import Directory
from sessions_app.sandbox.phones.inbox import Inbox
from sessions_app.sandbox.phones.linking import Linking, QrCode
from sessions_app.sandbox.phones.log import Entry
from sessions_app.sandbox.phones.outbox import Outbox
from sessions_app.sandbox.phones.past import Past
from sessions_app.sandbox.phones.results import Batch, LinkOffer, Noticed, Outgoing, Received, Sent
from sessions_app.sandbox.phones.retries import Retries
from sessions_app.sandbox.phones.showing import received
from sessions_app.sandbox.wire.jid import JID, SERVER_JID
from sessions_app.sandbox.wire.node import Node

Tamper = adv.Tamper
State = Literal["composing", "recording", "paused"]


class Phone:
    """Device 0 of an account."""

    def __init__(self, profile: Profile, blobs: Blobs, directory: Directory, clock: Clock) -> None:
        self._blobs = blobs
        self._core = Core(profile, blobs, directory, clock)
        self._linking = Linking(self._core.keys, clock)
        self._app_state = AppState(blobs)
        self._outbox = Outbox(self._core)
        self._retries = Retries(self._core, self._outbox)
        self._inbox = Inbox(self._core, self._retries)

    # -- life ---------------------------------------------------------------------------------------------------
    @classmethod
    def create(cls, *, number: str, lid: str, name: str, directory: Directory, clock: Clock = time.time) -> Phone:
        """A phone fresh out of its box."""
        blobs = Blobs()
        profile = Profile(number, lid, name, {})
        profile.save(blobs)
        phone = cls(profile, blobs, directory, clock)
        phone._app_state.write("critical_block", [app_state.push_name(name)])
        return phone

    @classmethod
    def restore(cls, blobs: Mapping[str, bytes], directory: Directory, clock: Clock = time.time) -> Phone:
        """The phone that was saved as the union of all `changes()`."""
        memory = Blobs(blobs)
        return cls(Profile.load(memory), memory, directory, clock)

    def changes(self) -> dict[str, bytes | None]:
        """What to save since the last call: small blobs by key, None for a key to delete. Cheap when little changed."""
        return self._blobs.drain()

    @property
    def number(self) -> str:
        """The phone number, digits only."""
        return self._core.profile.number

    @property
    def name(self) -> str:
        """The push name."""
        return self._core.profile.name

    @property
    def jid(self) -> JID:
        """`number@s.whatsapp.net`"""
        return self._core.jid

    @property
    def lid(self) -> JID:
        """`lid@lid`"""
        return self._core.lid

    @property
    def identity(self) -> bytes:
        """The account's public identity key."""
        return self._core.keys.identity.public

    @property
    def linked(self) -> dict[int, bytes]:
        """Linked devices: number -> identity key."""
        return dict(self._core.profile.linked)

    def key_bundle(self) -> PreKeyBundle:
        """What the server hands out for device 0 on `encrypt` get; every call takes a new one-time prekey."""
        return self._core.keys.bundle()

    def rotate_signed_prekey(self) -> None:
        """What phones do every few weeks."""
        self._core.keys.rotate_signed_prekey()

    # -- linking ------------------------------------------------------------------------------------------------
    def link(self, qr_text: str, device: int, tamper: Tamper | None = None) -> LinkOffer:
        """Scan a QR code (the server finds the connection by `LinkOffer.ref`); `LinkError` if it is none."""
        return self._offer(QrCode.parse(qr_text), device, tamper)

    def answer_pairing_code(self, code: str, hello: Node, ref: bytes) -> Node:
        """Type a pairing code: `companion_hello` (`<link_code_companion_reg>`) in, `primary_hello` out."""
        return self._linking.answer_code(code, hello, ref)

    def finish_pairing_code(self, finish: Node, device: int, tamper: Tamper | None = None) -> LinkOffer:
        """`companion_finish` in, the offer for `pair-success` out; `WrongCodeError` if the code did not match."""
        return self._offer(self._linking.finish_code(finish), device, tamper)

    def _offer(self, code: QrCode, device: int, tamper: Tamper | None) -> LinkOffer:
        box = self._linking.offer(code.identity, code.adv_secret, device, tamper)
        return LinkOffer(code.ref, box, self.jid.with_device(device), self.lid.with_device(device))

    def device_linked(self, device: int, device_identity: bytes) -> None:
        """Check the device's answer to `pair-success` (content of `<device-identity>`); raises `LinkError`."""
        self._core.profile.linked[device] = self._linking.confirm(device, device_identity)
        self._core.profile.save(self._blobs)

    def after_link(self, device: int, past: Past | None = None) -> list[Outgoing]:
        """Peer messages for a new device, once it has uploaded prekeys: app state keys, then history.

        `past`: what the phone remembers besides the messages that it has really seen.
        """
        target = self.lid.with_device(device)
        messages = [self._app_state.key_share(), *greeting.history_messages(self._core)]
        messages += greeting.past_messages(self._core, past) if past else []
        return [stanza for message in messages for stanza in self._outbox.send_peer(target, message)]

    def unlink(self, device: int) -> None:
        """The device is gone (logout, or removed on the phone)."""
        self._core.profile.linked.pop(device, None)
        self._core.profile.save(self._blobs)
        self._core.sessions.forget(self.lid.with_device(device))

    # -- app state (the phone keeps the account's patches; the server asks here) --------------------------------
    def app_state_version(self, collection: str) -> int:
        """The current version; 0 when there is no patch yet."""
        return self._app_state.version(collection)

    def app_state_patches(self, collection: str, after: int) -> list[bytes]:
        """The encoded patches (SyncdPatch) after a version."""
        return self._app_state.patches(collection, after)

    def app_state_upload(self, collection: str, version: int, patch: bytes) -> Batch | None:
        """A device uploads a patch made for `version`: None if that is not current (409), else what it changed.

        `Batch.outgoing` tells the linked devices. `PatchError` if the patch is broken.
        """
        mutations = self._app_state.accept(collection, version, patch)
        if mutations is None:
            return None
        batch = Batch(outgoing=self._announce(collection))
        for mutation in mutations:
            change = app_state.describe(mutation)
            batch.noticed.append(Noticed("app_state", self.lid, {"collection": collection, **change}))
            if change["action"] == "pushNameSetting" and not mutation.remove:
                self._rename(change["value"].get("name", ""))
        return batch

    def set_name(self, name: str) -> list[Outgoing]:
        """Change the push name: writes a patch, returns the `server_sync` notifications for the linked devices."""
        self._rename(name)
        self._app_state.write("critical_block", [app_state.push_name(name)])
        return self._announce("critical_block")

    def set_contact(self, contact: JID, name: str) -> list[Outgoing]:
        """Save someone in the address book, which the linked devices share."""
        self._core.know(contact.bare(), name)
        jid = str(self._core.directory.phone_number(contact) or contact)
        self._app_state.write("critical_unblock_low", [app_state.contact_name(jid, name)])
        return self._announce("critical_unblock_low")

    def _rename(self, name: str) -> None:
        self._core.profile.name = name
        self._core.profile.save(self._blobs)

    def _announce(self, collection: str) -> list[Outgoing]:
        child = Node("collection", {"name": collection, "version": str(self.app_state_version(collection))})
        attributes: dict[str, str | JID] = {"from": SERVER_JID, "type": "server_sync", "t": str(self._core.now())}
        return [
            Outgoing(device, Node("notification", {**attributes, "id": new_id()}, [child]))
            for device in self._core.devices(self.lid)
        ]

    # -- messages -----------------------------------------------------------------------------------------------
    def send(self, chat: JID, message: Any, *, message_id: str | None = None) -> Sent:
        """Send a message (a `waE2E.Message` made by `phones.content`) to a person or group, by LID or number.

        `UnknownRecipientError` if there is nobody.
        """
        return self._outbox.send(chat, message, message_id)

    def receive(self, stanza: Node) -> Batch:
        """Anything the server delivers to device 0: message, receipt, chatstate, presence, call, notification."""
        if stanza.tag == "message":
            batch = self._inbox.take(stanza)
            return self._answer_peers(batch)
        reader = notices.READERS.get(stanza.tag)
        if reader is None:
            return Batch()
        sender = self._core.sender_of(stanza)
        batch = Batch(noticed=[reader(stanza, sender)])
        if stanza.tag == "receipt" and stanza.text("type") == "retry":
            batch.outgoing += self._retries.answer(stanza, sender)
        return batch

    def _answer_peers(self, batch: Batch) -> Batch:
        """A linked device that misses an app state key asks for it."""
        for noticed in batch.noticed:
            if noticed.kind == "peer" and noticed.data["type"] == "APP_STATE_SYNC_KEY_REQUEST":
                batch.outgoing += self._outbox.send_peer(noticed.sender, self._app_state.key_share())
        return batch

    def find(self, message_id: str) -> Received | None:
        """One of the last messages that this phone wrote or received, to quote it, react to it or edit it."""
        entry = self._core.log.by_id(message_id)
        return received(self._core, entry) if entry else None

    def vote(self, poll_id: str, options: Sequence[str]) -> Sent:
        """Vote in a poll that this phone has received or written; `NotAPollError` if it has no such options."""
        return self.send(JID.parse(self._poll(poll_id).chat), self.ballot(poll_id, options))

    def ballot(self, poll_id: str, options: Sequence[str]) -> Any:
        """The message that a vote is, not sent yet."""
        return polls.vote(self._core, self._poll(poll_id), options)

    def _poll(self, poll_id: str) -> Entry:
        poll = self._core.log.by_id(poll_id)
        if poll is None:
            raise polls.NotAPollError("this phone does not know the poll")
        return poll

    def read(self, messages: Sequence[Received], *, played: bool = False) -> list[Outgoing]:
        """Read (or play) received messages: receipts for the senders, `read-self` for the own linked devices."""
        return receipts.read(self._core, messages, "played" if played else "read")

    def typing(self, chat: JID, state: State) -> list[Outgoing]:
        """Chat state to every device of the other side."""
        return receipts.typing(self._core, self._core.as_lid(chat.bare()), state)

    def presence(self, watchers: Sequence[JID], *, available: bool, last_seen: int | None = None) -> list[Outgoing]:
        """Presence to the devices of the accounts that watch this one."""
        return receipts.presence(self._core, watchers, available=available, last_seen=last_seen)

    def call(self, to: JID, call_id: str | None = None, *, video: bool = False) -> list[Outgoing]:
        """Ring every device of an account (an offer only, no media)."""
        return receipts.call(self._core, to, call_id or new_id(), "offer", video=video)

    def hang_up(self, to: JID, call_id: str) -> list[Outgoing]:
        """Stop ringing."""
        return receipts.call(self._core, to, call_id, "terminate")


def download(message: Received, fetch: Callable[[str], bytes]) -> bytes:
    """The decrypted file of a message; `fetch` gets the direct path. `MediaError` if it is not what was sent."""
    file = message.media
    if file is None:
        raise media.MediaError("this message has no file")
    return media.decrypt(
        fetch(file.direct_path), file.type, file.key, sha256=file.sha256, encrypted_sha256=file.encrypted_sha256
    )

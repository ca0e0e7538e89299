"""All accounts of the sandbox, and the answers that phones and clients get about them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

import msgpack

from sessions_app.sandbox.crypto.signal.keys import PreKeyBundle
from sessions_app.sandbox.phones.phone import Phone
from sessions_app.sandbox.server.account import SCOPE, Account, Settings
from sessions_app.sandbox.server.card import Cards
from sessions_app.sandbox.server.devices import Device
from sessions_app.sandbox.server.groups.store import GroupStore
from sessions_app.sandbox.server.mailbox import Mailbox
from sessions_app.sandbox.server.newsletters.store import NewsletterStore
from sessions_app.sandbox.server.storage import Storage
from sessions_app.sandbox.wire.jid import JID, LID_SERVER, USER_SERVER

AREA_CODES = (201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 301, 302, 303)
"""Area codes of the North American Numbering Plan."""


class World:
    """Accounts by phone number and by LID. It is the directory that phones ask."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._by_number: dict[str, Account] = {}
        self._by_lid: dict[str, Account] = {}
        self._dirty: set[str] = set()
        self.groups = GroupStore(storage)
        self.newsletters = NewsletterStore(storage)
        self.cards = Cards(storage)
        self.on_prekey_taken: Callable[[Device], None] = lambda device: None
        storage.on_flush(self._collect)

    # -- life ---------------------------------------------------------------------------------------------------
    def load(self) -> None:
        """Read every account, group and channel from the storage."""
        self.groups.load()
        self.newsletters.load()
        for key, blob in self._storage.scan(SCOPE):
            phone = Phone.restore(dict(self._storage.scan(f"phone:{key}")), self)
            account = self._enter(Account(phone, self._storage, Settings(**msgpack.unpackb(blob))))
            for number, stored in self._storage.scan(f"devices:{key}"):
                account.devices[int(number)] = Device.from_blob(stored, self.mailbox(account, int(number)))

    def create(self, number: str, name: str, settings: Settings | None = None) -> Account:
        """A new account with a fresh phone."""
        phone = Phone.create(number=number, lid=self._new_lid(), name=name, directory=self)
        account = self._enter(Account(phone, self._storage, settings or Settings()))
        account.save()
        self.changed(account)
        return account

    def new_number(self) -> str:
        """A phone number that no account has: well-formed for every validator, and nobody's (exchange 555)."""
        while (number := f"1{secrets.choice(AREA_CODES)}555{secrets.randbelow(10**4):04d}") in self._by_number:
            continue
        return number

    def _new_lid(self) -> str:
        while (lid := str(10**14 + secrets.randbelow(9 * 10**14))) in self._by_lid:
            continue
        return lid

    def _enter(self, account: Account) -> Account:
        self._by_number[account.number] = self._by_lid[account.lid.user] = account
        return account

    def delete(self, account: Account) -> None:
        """Remove an account and everything stored of it."""
        del self._by_number[account.number], self._by_lid[account.lid.user]
        self._dirty.discard(account.lid.user)
        self.groups.forget(account.lid.user)
        self.cards.forget(account.lid.user)
        self._storage.put(SCOPE, account.lid.user, None)
        for scope in account.scopes():
            self._storage.drop(scope)

    def mailbox(self, account: Account, number: int) -> Mailbox:
        """The mailbox of an account's device."""
        return Mailbox(self._storage, f"mail:{account.lid.user}:{number}")

    def changed(self, account: Account) -> None:
        """The account's phone did something: save it with the next write."""
        self._dirty.add(account.lid.user)
        self._storage.touch()

    def _collect(self) -> None:
        for key in self._dirty:
            for name, blob in self._by_lid[key].phone.changes().items():
                self._storage.put(f"phone:{key}", name, blob)
        self._dirty.clear()

    # -- look-ups -----------------------------------------------------------------------------------------------
    def accounts(self) -> list[Account]:
        """All accounts, oldest first."""
        return list(self._by_number.values())

    def by_number(self, number: str) -> Account | None:
        """The account of a phone number."""
        return self._by_number.get(number)

    def find(self, jid: JID | None) -> Account | None:
        """The account behind a JID of either kind."""
        if jid is None:
            return None
        if jid.server == LID_SERVER:
            return self._by_lid.get(jid.user)
        return self._by_number.get(jid.user) if jid.server in (USER_SERVER, "c.us") else None

    def device(self, jid: JID) -> Device | None:
        """The linked device behind an AD-JID."""
        account = self.find(jid)
        return account.devices.get(jid.device) if account else None

    # -- what phones ask (phones.directory.Directory) -----------------------------------------------------------
    def devices(self, account: JID) -> Sequence[JID]:
        """Every device of an account, the phone first."""
        found = self.find(account)
        if found is None:
            return []
        return [found.lid, *(found.lid.with_device(number) for number in found.devices)]

    def bundle(self, device: JID) -> PreKeyBundle | None:
        """Keys to open a session with a device; takes a one-time prekey."""
        account = self.find(device)
        if account is None:
            return None
        if not device.device:
            self.changed(account)
            return account.phone.key_bundle()
        linked = account.devices.get(device.device)
        if linked is None:
            return None
        bundle = linked.bundle()
        account.save_device(linked)
        self.on_prekey_taken(linked)
        return bundle

    def lid(self, jid: JID) -> JID | None:
        """An account's LID."""
        account = self.find(jid)
        return account.lid if account else None

    def phone_number(self, jid: JID) -> JID | None:
        """An account's phone-number JID."""
        account = self.find(jid)
        return account.jid if account else None

    def participants(self, group: JID) -> Sequence[JID]:
        """The members of a group, as LIDs."""
        found = self.groups.find(group)
        return found.people if found else []

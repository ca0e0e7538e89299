"""The account's app state: the phone makes its keys and writes it, and keeps all patches for the server to hand out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from google.protobuf.json_format import MessageToDict

from sessions_app.sandbox.crypto.appstate import (
    COLLECTIONS,
    AppStateKey,
    CollectionState,
    DerivedKeys,
    Mutation,
    PatchError,
    decode_patch,
    encode_patch,
    with_version,
)
from sessions_app.sandbox.phones.blobs import Blobs, pack, unpack
from sessions_app.sandbox.protos import e2e, syncaction


class AppState:
    """Collections by name. Every patch is a blob, and so is the state that the next one continues."""

    __slots__ = ("_blobs", "_derived", "_keys")

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        stored = blobs.get("app_state_keys")
        if stored is None:
            self._keys = [AppStateKey.generate()]
            blobs.put("app_state_keys", pack([(key.id, key.data) for key in self._keys]))
        else:
            self._keys = [AppStateKey(*fields) for fields in unpack(stored)]
        self._derived = {key.id: key.derive() for key in self._keys}

    def version(self, collection: str) -> int:
        return self._state(collection).version

    def patches(self, collection: str, after: int) -> list[bytes]:
        """The patches that follow a version, in order."""
        blobs = (self._blobs.get(_patch_key(collection, n)) for n in range(after + 1, self.version(collection) + 1))
        return [blob for blob in blobs if blob is not None]

    def write(self, collection: str, mutations: Sequence[Mutation]) -> int:
        """The phone changes settings; gives the new version."""
        patch, state = encode_patch(self._newest(), collection, self._state(collection), mutations)
        return self._append(collection, patch, state)

    def accept(self, collection: str, version: int, patch: bytes) -> list[Mutation] | None:
        """A device uploads a patch for `version`: None if that is not current; `PatchError` if it is broken."""
        if collection not in COLLECTIONS:
            raise PatchError(f"there is no collection {collection!r}")
        before = self._state(collection)
        if version != before.version:
            return None
        mutations, state = decode_patch(self._derived.get, collection, before, patch)
        self._append(collection, with_version(patch, state.version), state)
        return mutations

    def key_share(self) -> Any:
        """The protocol message that gives the keys to a linked device."""
        share = e2e.AppStateSyncKeyShare()
        for key in self._keys:
            item = share.keys.add()
            item.keyID.keyID = key.id
            item.keyData.keyData = key.data
            item.keyData.timestamp = int(time.time() * 1000)
            item.keyData.fingerprint.rawID = 1
        protocol = e2e.ProtocolMessage(type=e2e.ProtocolMessage.APP_STATE_SYNC_KEY_SHARE, appStateSyncKeyShare=share)
        return e2e.Message(protocolMessage=protocol)

    def _newest(self) -> DerivedKeys:
        return self._derived[self._keys[-1].id]

    def _append(self, collection: str, patch: bytes, state: CollectionState) -> int:
        self._blobs.put(_patch_key(collection, state.version), patch)
        self._blobs.put(f"app_state/{collection}", pack((state.version, state.hash, state.values)))
        return state.version

    def _state(self, collection: str) -> CollectionState:
        stored = self._blobs.get(f"app_state/{collection}")
        return CollectionState(*unpack(stored)) if stored else CollectionState()


def push_name(name: str) -> Mutation:
    """The setting that tells linked devices the account's name."""
    return _mutation(("setting_pushName",), 1, pushNameSetting=syncaction.PushNameSetting(name=name))


def contact_name(jid: str, name: str) -> Mutation:
    """An entry of the phone's address book."""
    action = syncaction.ContactAction(fullName=name, firstName=name.partition(" ")[0])
    return _mutation(("contact", jid), 2, contactAction=action)


def describe(mutation: Mutation) -> dict[str, Any]:
    """A mutation as plain data, for people to read."""
    value = MessageToDict(mutation.action())
    value.pop("timestamp", None)
    action = next(iter(value), "")
    return {
        "index": list(mutation.index),
        "action": action,
        "value": value.get(action, {}),
        "removed": mutation.remove,
    }


def _mutation(index: tuple[str, ...], version: int, **action: Any) -> Mutation:
    value = syncaction.SyncActionValue(timestamp=int(time.time() * 1000), **action)
    return Mutation(index, value.SerializeToString(), version)


def _patch_key(collection: str, version: int) -> str:
    return f"patch/{collection}/{version}"

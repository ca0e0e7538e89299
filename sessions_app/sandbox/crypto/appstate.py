"""App state ("syncd"): settings that all devices of an account share as encrypted, hashed patches
(WhatsApp multi-device protocol; the server sees neither names nor values)."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from google.protobuf.message import DecodeError

from sessions_app.sandbox.crypto import cbc, lthash
from sessions_app.sandbox.crypto.kdf import hkdf, hmac_sha256
from sessions_app.sandbox.protos import serversync, syncaction

COLLECTIONS = ("critical_block", "critical_unblock_low", "regular_high", "regular", "regular_low")
MAC_SIZE = 32
_SET = serversync.SyncdMutation.SET
_REMOVE = serversync.SyncdMutation.REMOVE


class PatchError(ValueError):
    """A patch that is broken, whose MACs are wrong or whose key is unknown."""


@dataclass(frozen=True, slots=True)
class AppStateKey:
    """A key that the phone shares with its linked devices."""

    id: bytes
    data: bytes = field(repr=False)

    @classmethod
    def generate(cls, number: int = 1) -> AppStateKey:
        return cls(b"\x00\x00" + number.to_bytes(4, "big"), os.urandom(32))

    def derive(self) -> DerivedKeys:
        keys = hkdf(self.data, 160, info=b"WhatsApp Mutation Keys")
        return DerivedKeys(self.id, *(keys[at : at + 32] for at in range(0, 160, 32)))


@dataclass(frozen=True, slots=True)
class DerivedKeys:
    """The five keys that an app state key stands for."""

    id: bytes
    index: bytes = field(repr=False)
    value: bytes = field(repr=False)
    value_mac: bytes = field(repr=False)
    snapshot_mac: bytes = field(repr=False)
    patch_mac: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mutation:
    """One setting: `["mute", chat]` and its SyncActionValue; `remove` takes it away."""

    index: tuple[str, ...]
    value: bytes = field(repr=False)
    version: int = 1
    remove: bool = False

    def action(self) -> Any:
        """The parsed SyncActionValue."""
        return syncaction.SyncActionValue.FromString(self.value)


@dataclass(frozen=True, slots=True)
class CollectionState:
    """What is needed to continue a collection: its version, its hash and the value MAC of every index MAC."""

    version: int = 0
    hash: bytes = lthash.EMPTY
    values: dict[bytes, bytes] = field(default_factory=dict)


KeyLookup = Callable[[bytes], DerivedKeys | None]


def encode_patch(
    keys: DerivedKeys, collection: str, state: CollectionState, mutations: Sequence[Mutation]
) -> tuple[bytes, CollectionState]:
    """Write the next patch of a collection."""
    records = [_seal(keys, mutation) for mutation in mutations]
    after = _advance(state, records)
    snapshot_mac = _snapshot_mac(keys, after, collection)
    patch = serversync.SyncdPatch(
        version=serversync.SyncdVersion(version=after.version),
        mutations=records,
        snapshotMAC=snapshot_mac,
        patchMAC=_patch_mac(keys, snapshot_mac, records, after.version, collection),
        keyID=serversync.KeyId(ID=keys.id),
    )
    return bytes(patch.SerializeToString()), after


def decode_patch(
    lookup: KeyLookup, collection: str, state: CollectionState, data: bytes
) -> tuple[list[Mutation], CollectionState]:
    """Check and read the patch that follows `state`."""
    try:
        patch = serversync.SyncdPatch.FromString(data)
    except DecodeError as error:
        raise PatchError("not a patch") from error
    after = _advance(state, patch.mutations)
    keys = _find(lookup, patch.keyID.ID)
    _same(_snapshot_mac(keys, after, collection), patch.snapshotMAC, "snapshot MAC")
    expected = _patch_mac(keys, patch.snapshotMAC, patch.mutations, after.version, collection)
    _same(expected, patch.patchMAC, "patch MAC")
    return [_open(_find(lookup, record.record.keyID.ID), record) for record in patch.mutations], after


def with_version(data: bytes, version: int) -> bytes:
    """A patch with its version written into it: clients upload without, and expect it when they fetch."""
    patch = serversync.SyncdPatch.FromString(data)
    patch.version.version = version
    return bytes(patch.SerializeToString())


def _seal(keys: DerivedKeys, mutation: Mutation) -> Any:
    index = json.dumps(mutation.index, separators=(",", ":"), ensure_ascii=False).encode()
    action = syncaction.SyncActionData(index=index, padding=b"", version=mutation.version)
    action.value.ParseFromString(mutation.value)
    iv = os.urandom(16)
    content = iv + cbc.encrypt(keys.value, iv, action.SerializeToString())
    operation = _REMOVE if mutation.remove else _SET
    return serversync.SyncdMutation(
        operation=operation,
        record=serversync.SyncdRecord(
            index=serversync.SyncdIndex(blob=hmac_sha256(keys.index, index)),
            value=serversync.SyncdValue(blob=content + _value_mac(keys, operation, content)),
            keyID=serversync.KeyId(ID=keys.id),
        ),
    )


def _open(keys: DerivedKeys, mutation: Any) -> Mutation:
    blob = mutation.record.value.blob
    content, mac = blob[:-MAC_SIZE], blob[-MAC_SIZE:]
    _same(_value_mac(keys, mutation.operation, content), mac, "value MAC")
    try:
        action = syncaction.SyncActionData.FromString(cbc.decrypt(keys.value, content[:16], content[16:]))
        index = tuple(str(part) for part in json.loads(action.index))
    except (cbc.PaddingError, DecodeError, ValueError) as error:
        raise PatchError("a mutation cannot be read") from error
    _same(hmac_sha256(keys.index, action.index), mutation.record.index.blob, "index MAC")
    return Mutation(index, action.value.SerializeToString(), action.version, mutation.operation == _REMOVE)


def _advance(state: CollectionState, records: Sequence[Any]) -> CollectionState:
    """The state after these mutations: each adds its value MAC and takes away the one that it replaces."""
    values = dict(state.values)
    added, removed = [], []
    for record in records:
        index, mac = record.record.index.blob, record.record.value.blob[-MAC_SIZE:]
        if (replaced := values.pop(index, None)) is not None:
            removed.append(replaced)
        if record.operation == _SET:
            added.append(mac)
            values[index] = mac
    return replace(
        state, version=state.version + 1, hash=lthash.update(state.hash, add=added, remove=removed), values=values
    )


def _value_mac(keys: DerivedKeys, operation: int, content: bytes) -> bytes:
    associated = bytes([operation + 1]) + keys.id
    length = len(associated).to_bytes(8, "big")
    return hmac.digest(keys.value_mac, associated + content + length, "sha512")[:MAC_SIZE]


def _snapshot_mac(keys: DerivedKeys, state: CollectionState, collection: str) -> bytes:
    return hmac_sha256(keys.snapshot_mac, state.hash, state.version.to_bytes(8, "big"), collection.encode())


def _patch_mac(keys: DerivedKeys, snapshot: bytes, records: Sequence[Any], version: int, collection: str) -> bytes:
    macs = [record.record.value.blob[-MAC_SIZE:] for record in records]
    return hmac_sha256(keys.patch_mac, snapshot, *macs, version.to_bytes(8, "big"), collection.encode())


def _find(lookup: KeyLookup, key_id: bytes) -> DerivedKeys:
    keys = lookup(key_id)
    if keys is None:
        raise PatchError("the app state key is unknown")
    return keys


def _same(expected: bytes, actual: bytes, what: str) -> None:
    if not hmac.compare_digest(expected, actual):
        raise PatchError(f"wrong {what}")

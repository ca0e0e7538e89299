"""Prekey bundles as nodes: `<registration> <type> <identity> [<key>] <skey>` (WhatsApp `encrypt` and retry stanzas)."""

from __future__ import annotations

from sessions_app.sandbox.crypto.curve import KEY_TYPE
from sessions_app.sandbox.crypto.signal.keys import PreKeyBundle
from sessions_app.sandbox.wire.node import Node


def registration_node(registration_id: int) -> Node:
    return Node("registration", content=registration_id.to_bytes(4, "big"))


def key_nodes(bundle: PreKeyBundle) -> list[Node]:
    """Everything of a bundle except the registration id."""
    nodes = [Node("type", content=KEY_TYPE), Node("identity", content=bundle.identity)]
    if bundle.prekey_id is not None and bundle.prekey is not None:
        nodes.append(Node("key", content=_id_and_value(bundle.prekey_id, bundle.prekey)))
    signature = Node("signature", content=bundle.signature)
    nodes.append(Node("skey", content=[*_id_and_value(bundle.signed_prekey_id, bundle.signed_prekey), signature]))
    return nodes


def read_bundle(keys: Node, registration_id: int) -> PreKeyBundle | None:
    """The bundle below a node (`<user>` or `<keys>`); None if something is missing."""
    identity, signed = keys.child("identity"), keys.child("skey")
    if identity is None or signed is None:
        return None
    prekey = keys.child("key")
    return PreKeyBundle(
        registration_id=registration_id,
        identity=identity.data(),
        signed_prekey_id=_number(signed, "id"),
        signed_prekey=_data(signed, "value"),
        signature=_data(signed, "signature"),
        prekey_id=_number(prekey, "id") if prekey else None,
        prekey=_data(prekey, "value") if prekey else None,
    )


def read_number(parent: Node, tag: str) -> int:
    """The big-endian number in a child; 0 without one."""
    return _number(parent, tag)


def _id_and_value(key_id: int, value: bytes) -> list[Node]:
    return [Node("id", content=key_id.to_bytes(3, "big")), Node("value", content=value)]


def _number(parent: Node, tag: str) -> int:
    return int.from_bytes(_data(parent, tag), "big")


def _data(parent: Node, tag: str) -> bytes:
    child = parent.child(tag)
    return child.data() if child else b""

"""Prekeys: how many there are, uploads, bundles for other devices (namespace `encrypt`)."""

from __future__ import annotations

from sessions_app.sandbox.crypto.signal.keys import PreKeyBundle
from sessions_app.sandbox.server.devices import SignedKey
from sessions_app.sandbox.server.iq.answers import Context, result
from sessions_app.sandbox.wire.jid import JID
from sessions_app.sandbox.wire.node import Node

CURVE_25519 = b"\x05"


def get(context: Context, node: Node) -> Node:
    """`<count/>` or `<key>` with the users whose bundles are wanted."""
    wanted = node.child("key")
    if wanted is None:
        return _count(context, node)
    jids = [jid for user in wanted.children("user") if (jid := user.jid("jid"))]
    return result(node, [Node("list", {}, [_bundle(context, jid) for jid in jids])])


def _count(context: Context, node: Node) -> Node:
    """Never zero: to a zero a fresh client answers with 812 new keys, to a small number with 50."""
    return result(node, [Node("count", {"value": str(max(1, len(context.device.prekeys)))})])


def _bundle(context: Context, jid: JID) -> Node:
    bundle = context.sandbox.world.bundle(jid)
    if bundle is None:
        return Node("user", {"jid": jid}, [Node("error", {"code": "404", "text": "item-not-found"})])
    return Node("user", {"jid": jid}, _keys(bundle))


def _keys(bundle: PreKeyBundle) -> list[Node]:
    content = [
        Node("registration", {}, bundle.registration_id.to_bytes(4, "big")),
        Node("type", {}, CURVE_25519),
        Node("identity", {}, bundle.identity),
    ]
    if bundle.prekey is not None and bundle.prekey_id is not None:
        content.append(_key("key", bundle.prekey_id, bundle.prekey))
    signed = _key("skey", bundle.signed_prekey_id, bundle.signed_prekey)
    assert isinstance(signed.content, list)
    signed.content.append(Node("signature", {}, bundle.signature))
    return [*content, signed]


def _key(tag: str, key_id: int, public: bytes) -> Node:
    return Node(tag, {}, [Node("id", {}, key_id.to_bytes(3, "big")), Node("value", {}, public)])


def put(context: Context, node: Node) -> Node:
    """An upload of prekeys, or a new signed prekey alone (`<rotate>`)."""
    device = context.device
    holder = node.child("rotate") or node
    registration, identity, signed = node.child("registration"), node.child("identity"), holder.child("skey")
    if registration is not None:
        device.registration_id = int.from_bytes(registration.data(), "big")
    if identity is not None:
        device.identity = identity.data()
    if signed is not None:
        device.signed = SignedKey(_id(signed), _data(signed, "value"), _data(signed, "signature"))
    for container in node.children("list"):
        device.prekeys.update({_id(key): _data(key, "value") for key in container.children("key")})
    context.account.save_device(device)
    return result(node)


def _id(key: Node) -> int:
    return int.from_bytes(_data(key, "id"), "big")


def _data(node: Node, tag: str) -> bytes:
    child = node.child(tag)
    return child.data() if child else b""

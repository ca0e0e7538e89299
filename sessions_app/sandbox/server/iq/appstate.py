"""App state: the account's encrypted settings, as patches per collection (namespace `w:sync:app:state`)."""

from __future__ import annotations

from sessions_app.sandbox.server.iq.answers import Context, result
from sessions_app.sandbox.wire.node import Node


def sync(context: Context, node: Node) -> Node:
    """Fetch and upload, collection by collection."""
    request = node.child("sync") or Node("sync")
    return result(node, [Node("sync", {}, [_collection(context, each) for each in request.children("collection")])])


def _collection(context: Context, node: Node) -> Node:
    patch = node.child("patch") or node.find("patches", "patch")
    return _upload(context, node, patch.data()) if patch is not None else _fetch(context, node)


def _fetch(context: Context, node: Node) -> Node:
    phone, name = context.account.phone, node.text("name")
    patches = phone.app_state_patches(name, int(node.text("version", "0")))
    attrs = {"name": name, "version": str(phone.app_state_version(name)), "has_more_patches": "false"}
    return Node("collection", dict(attrs), [Node("patches", {}, [Node("patch", {}, patch) for patch in patches])])


def _upload(context: Context, node: Node, patch: bytes) -> Node:
    phone, name, version = context.account.phone, node.text("name"), int(node.text("version", "0"))
    batch = phone.app_state_upload(name, version, patch)
    if batch is None:
        conflict = _fetch(context, node)
        conflict.attrs["type"] = "error"
        conflict.content = [Node("error", {"code": "409", "text": "conflict"}), *conflict.children()]
        return conflict
    context.sandbox.router.take(context.account, batch, but=context.device)
    return Node("collection", {"name": name, "version": str(phone.app_state_version(name))})

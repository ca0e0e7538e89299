"""Linked devices about themselves (namespace `md`)."""

from __future__ import annotations

from sessions_app.sandbox.server.iq.answers import Context, result
from sessions_app.sandbox.wire.node import Node


def put(context: Context, node: Node) -> Node | None:
    """`<remove-companion-device>`: the client logs out."""
    if node.child("remove-companion-device") is None:
        return result(node)
    context.connection.send(result(node))
    context.sandbox.remove_device(context.account, context.device, tell=False)
    return None

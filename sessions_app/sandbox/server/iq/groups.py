"""Groups are not simulated: nobody is in one, and none can be made (namespace `w:g2`)."""

from __future__ import annotations

from sessions_app.sandbox.server.iq.answers import Context, error, result
from sessions_app.sandbox.wire.node import Node


def get(_context: Context, node: Node) -> Node:
    """The groups that the account is in, or one group."""
    if node.child("participating") is not None:
        return result(node, [Node("groups", {}, [])])
    return error(node, 404, "item-not-found")


def put(_context: Context, node: Node) -> Node:
    """Creating or changing a group."""
    return error(node, 501, "feature-not-implemented")

"""Profile pictures and the block list."""

from __future__ import annotations

from sessions_app.sandbox.server.iq.answers import Context, error, result
from sessions_app.sandbox.wire.node import Node


def picture(_context: Context, node: Node) -> Node:
    """Simulated phones have no picture."""
    return error(node, 404, "item-not-found")


def blocklist(_context: Context, node: Node) -> Node:
    """Nobody is blocked."""
    return result(node, [Node("list", {"dhash": "none"}, [])])

"""Small requests with fixed answers."""

from __future__ import annotations

import time

from sessions_app.sandbox.server.iq.answers import Context, result
from sessions_app.sandbox.server.trust import HOST
from sessions_app.sandbox.wire.node import Node

PRIVACY = ("readreceipts", "last", "status", "profile", "groupadd", "online", "calladd")


def ping(_context: Context, node: Node) -> Node:
    """Keepalive."""
    answer = result(node)
    answer.attrs["t"] = str(int(time.time()))
    return answer


def passive(context: Context, node: Node) -> None:
    """`<active/>`: the client wants its stanzas. They follow the answer."""
    context.connection.send(result(node))
    if node.child("active") is not None:
        context.session.activate()
    else:
        context.device.active = False


def media_connection(_context: Context, node: Node) -> Node:
    """Where to upload and download files."""
    attrs = {"auth": "sandbox", "ttl": "3600", "auth_ttl": "21600", "max_buckets": "12"}
    return result(node, [Node("media_conn", dict(attrs), [Node("host", {"hostname": HOST})])])


def privacy_settings(_context: Context, node: Node) -> Node:
    """Everybody may see everything."""
    return result(node, [Node("privacy", {}, [Node("category", {"name": n, "value": "all"}) for n in PRIVACY])])


def privacy_tokens(_context: Context, node: Node) -> Node:
    """Trusted-contact tokens are not kept."""
    return result(node)

"""Small requests with fixed answers."""

from __future__ import annotations

import time

from sessions_app.sandbox.server.iq.answers import Context, error, result
from sessions_app.sandbox.server.trust import HOST
from sessions_app.sandbox.wire.node import Node


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


def privacy_settings(context: Context, node: Node) -> Node:
    """Who may see what."""
    return result(node, [_privacy(context)])


def set_privacy(context: Context, node: Node) -> Node:
    """New settings; trusted-contact tokens, which come the same way, are not kept."""
    wanted = node.child("privacy")
    if wanted is None:
        return result(node)
    card = context.sandbox.world.cards.of(context.account.lid.user)
    for category in wanted.children("category"):
        if category.text("name") not in card.privacy:
            return error(node, 400, "bad-request")
        card.privacy[category.text("name")] = category.text("value")
    context.sandbox.world.cards.save(context.account.lid.user)
    return result(node, [_privacy(context)])


def set_timer(context: Context, node: Node) -> Node:
    """`<disappearing_mode duration=…/>`: after how many seconds messages of new chats disappear."""
    wanted = node.child("disappearing_mode")
    if wanted is None or not wanted.text("duration").isdigit():
        return error(node, 400, "bad-request")
    context.sandbox.world.cards.of(context.account.lid.user).timer = int(wanted.text("duration"))
    context.sandbox.world.cards.save(context.account.lid.user)
    return result(node)


def _privacy(context: Context) -> Node:
    card = context.sandbox.world.cards.of(context.account.lid.user)
    return Node("privacy", {}, [Node("category", {"name": n, "value": v}) for n, v in card.privacy.items()])

"""The table of namespaces."""

from __future__ import annotations

import logging

from sessions_app.sandbox.server.iq import appstate, companion, encrypt, groups, newsletters, people, plain, usync
from sessions_app.sandbox.server.iq.answers import Context, Handler, result
from sessions_app.sandbox.wire.node import Node

log = logging.getLogger(__name__)

HANDLERS: dict[tuple[str, str], Handler] = {
    ("w:p", "get"): plain.ping,
    ("urn:xmpp:ping", "get"): plain.ping,
    ("passive", "set"): plain.passive,
    ("w:m", "set"): plain.media_connection,
    ("privacy", "get"): plain.privacy_settings,
    ("privacy", "set"): plain.set_privacy,
    ("disappearing_mode", "set"): plain.set_timer,
    ("encrypt", "get"): encrypt.get,
    ("encrypt", "set"): encrypt.put,
    ("usync", "get"): usync.get,
    ("md", "set"): companion.put,
    ("w:sync:app:state", "set"): appstate.sync,
    ("w:profile:picture", "get"): people.picture,
    ("w:profile:picture", "set"): people.set_picture,
    ("w:mex", "get"): newsletters.mex,
    ("newsletter", "get"): newsletters.get,
    ("newsletter", "set"): newsletters.put,
    ("status", "get"): people.status_privacy,
    ("status", "set"): people.set_about,
    ("blocklist", "get"): people.blocklist,
    ("blocklist", "set"): people.set_blocklist,
    ("w:g2", "get"): groups.get,
    ("w:g2", "set"): groups.put,
}


def answer(context: Context, node: Node) -> Node | None:
    """The answer to a request; None when the node is itself an answer. What is unknown gets an empty result."""
    kind, namespace = node.text("type"), node.text("xmlns")
    if kind not in ("get", "set"):
        return None
    handler = HANDLERS.get((namespace, kind))
    if handler is not None:
        return handler(context, node)
    first = node.children()[0].tag if node.children() else ""
    context.sandbox.stats.unknown_iq(f"{namespace} {kind} {first}".strip())
    log.info("unknown request: %s %s %s", namespace, kind, first)
    return result(node)

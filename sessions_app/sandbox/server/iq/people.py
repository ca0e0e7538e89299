"""Profile pictures, the about text, and the block list."""

from __future__ import annotations

import secrets
from typing import Any

from sessions_app.sandbox.server.account import Account
from sessions_app.sandbox.server.card import Card
from sessions_app.sandbox.server.iq import groups
from sessions_app.sandbox.server.iq.answers import Context, error, result
from sessions_app.sandbox.server.trust import HOST
from sessions_app.sandbox.wire.jid import GROUP_SERVER, JID
from sessions_app.sandbox.wire.node import Attr, Node


def card_of(context: Context, account: Account) -> Card:
    """What an account shows of itself."""
    return context.sandbox.world.cards.of(account.lid.user)


# -- pictures -------------------------------------------------------------------------------------------------------
def picture(context: Context, node: Node) -> Node:
    """Where somebody's picture is; 404 without one, 401 when it is not for everybody."""
    target = node.jid("target")
    if target is not None and target.server == GROUP_SERVER:
        return groups.picture(context, node, target)
    account = context.sandbox.world.find(target)
    wanted = node.child("picture") or Node("picture")
    if account is None:
        return error(node, 404, "item-not-found")
    card = card_of(context, account)
    if account is not context.account and not card.visible("profile"):
        return error(node, 401, "not-authorized")
    if not card.picture_id:
        return error(node, 404, "item-not-found")
    if wanted.text("id") == card.picture_id:
        return result(node, [])
    attrs: dict[str, Attr] = {"id": card.picture_id, "type": wanted.text("type", "image")}
    attrs |= {"url": f"https://{HOST}{card.picture_path}", "direct_path": card.picture_path}
    return result(node, [Node("picture", attrs)])


def set_picture(context: Context, node: Node) -> Node:
    """A new picture of a group or of the account, or none."""
    target = node.jid("target")
    if target is not None and target.server == GROUP_SERVER:
        return groups.set_picture(context, node, target)
    if target is not None and context.sandbox.world.find(target) is not context.account:
        return error(node, 403, "forbidden")
    child, card = node.child("picture"), card_of(context, context.account)
    data = child.data() if child is not None else b""
    card.set_picture(context.sandbox.media.save(secrets.token_urlsafe(24), data) if data else "")
    context.sandbox.world.cards.save(context.account.lid.user)
    if not data:
        return result(node, [])
    return result(node, [Node("picture", {"id": card.picture_id})])


# -- about ----------------------------------------------------------------------------------------------------------
def set_about(context: Context, node: Node) -> Node:
    """The about text."""
    child = node.child("status")
    card_of(context, context.account).set_about(child.data().decode(errors="replace") if child else "")
    context.sandbox.world.cards.save(context.account.lid.user)
    return result(node)


def status_privacy(_context: Context, node: Node) -> Node:
    """Who sees the status updates: the address book, as phones have it from the start."""
    lists = [Node("list", {"type": "contacts", "default": "true"})]
    return result(node, [Node("privacy", {}, lists)])


def about_query(context: Context, variables: dict[str, Any]) -> dict[str, Any]:
    """The same, as newer clients ask for it."""
    text = str((variables.get("input") or {}).get("text") or "")
    card_of(context, context.account).set_about(text)
    context.sandbox.world.cards.save(context.account.lid.user)
    return {"xwa2_update_text_status": {"text": text}}


# -- block list -----------------------------------------------------------------------------------------------------
def blocklist(context: Context, node: Node) -> Node:
    """Whom the account has blocked."""
    return _listed(context, node)


def set_blocklist(context: Context, node: Node) -> Node:
    """Block or unblock somebody; the answer is the new list."""
    item = node.child("item") or Node("item")
    target = context.sandbox.world.find(item.jid("jid"))
    if target is None or item.text("action") not in ("block", "unblock"):
        return error(node, 400, "bad-request")
    card_of(context, context.account).set_blocked(target.lid.user, item.text("action") == "block")
    context.sandbox.world.cards.save(context.account.lid.user)
    return _listed(context, node)


def _listed(context: Context, node: Node) -> Node:
    card = card_of(context, context.account)
    items = [Node("item", {"jid": JID(lid, "lid")}) for lid in card.blocked]
    return result(node, [Node("list", {"dhash": card.block_hash}, items)])

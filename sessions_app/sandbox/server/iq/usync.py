"""Questions about users: devices, LIDs, whether a number is on WhatsApp (namespace `usync`)."""

from __future__ import annotations

import time
from collections.abc import Callable

from sessions_app.sandbox.protos import vname
from sessions_app.sandbox.server.account import Account
from sessions_app.sandbox.server.iq.answers import Context, error, result
from sessions_app.sandbox.wire.jid import JID, USER_SERVER
from sessions_app.sandbox.wire.node import Attr, Node


def get(context: Context, node: Node) -> Node:
    """Answer each user with one child per thing that was asked for."""
    if context.sandbox.faults.take("iq_429", context.account.number):
        return error(node, 429, "rate-overlimit")
    request = node.child("usync") or Node("usync")
    query, wanted = request.child("query") or Node("query"), request.child("list") or Node("list")
    asked = [child.tag for child in query.children()]
    users = [_user(context, user, asked) for user in wanted.children("user")]
    answered = Node("result", {}, [Node(tag, {}) for tag in asked])
    return result(node, [Node("usync", dict(request.attrs), [answered, Node("list", {}, users)])])


def _user(context: Context, user: Node, asked: list[str]) -> Node:
    contact = user.child("contact")
    jid = user.jid("jid") or _number_jid(contact)
    account = context.sandbox.world.find(jid)
    attrs: dict[str, Attr] = {"jid": jid or ""}
    if account is not None and "jid" not in user.attrs:
        attrs = {"jid": account.lid, "pn_jid": account.jid}
    content = [PARTS[tag](account, contact) for tag in asked if tag in PARTS and (account or tag == "contact")]
    if account is not None:
        content += [SHOWN[tag](context, account) for tag in asked if tag in SHOWN]
    return Node("user", attrs, [part for part in content if part is not None])


def _number_jid(contact: Node | None) -> JID | None:
    """`<contact>+628…@c.us</contact>`, with or without plus and server."""
    if contact is None:
        return None
    text = contact.data().decode(errors="replace")
    return JID("".join(filter(str.isdigit, text.partition("@")[0])), USER_SERVER)


def _contact(account: Account | None, contact: Node | None) -> Node:
    return Node("contact", {"type": "in" if account else "out"}, contact.data() if contact else None)


def _lid(account: Account | None, _contact: Node | None) -> Node | None:
    return Node("lid", {"val": account.lid}) if account else None


def _devices(account: Account | None, _contact: Node | None) -> Node | None:
    if account is None:
        return None
    now = str(int(time.time()))
    devices = [Node("device", {"id": "0"})]
    devices += [Node("device", {"id": str(n), "key-index": str(n)}) for n in account.devices]
    return Node("devices", {}, [Node("device-list", {}, devices), Node("key-index-list", {"ts": now})])


def _status(context: Context, account: Account) -> Node | None:
    card = context.sandbox.world.cards.of(account.lid.user)
    about = card.about if card.visible("status") else ""
    return Node("status", {"t": str(card.about_at)}, about.encode())


def _picture(context: Context, account: Account) -> Node | None:
    card = context.sandbox.world.cards.of(account.lid.user)
    return Node("picture", {"id": card.picture_id}) if card.picture_id and card.visible("profile") else None


def _business(context: Context, account: Account) -> Node | None:
    """A certificate of the business's name. Clients do not check its signature."""
    name = context.sandbox.world.cards.of(account.lid.user).business
    if not name:
        return None
    certificate = vname.VerifiedNameCertificate(
        details=vname.VerifiedNameCertificate.Details(serial=1, issuer="smb:wa", verifiedName=name).SerializeToString()
    )
    verified = Node("verified_name", {"verified_level": "unknown", "serial": "1"}, certificate.SerializeToString())
    return Node("business", {}, [verified])


PARTS: dict[str, Callable[[Account | None, Node | None], Node | None]] = {
    "contact": _contact,
    "lid": _lid,
    "devices": _devices,
}
SHOWN: dict[str, Callable[[Context, Account], Node | None]] = {
    "status": _status,
    "picture": _picture,
    "business": _business,
}

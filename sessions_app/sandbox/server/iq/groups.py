"""Requests about groups (namespace `w:g2`)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from sessions_app.sandbox.server.groups.errors import GroupError, bad_request, not_acceptable, not_authorized
from sessions_app.sandbox.server.groups.group import Group
from sessions_app.sandbox.server.groups.membership import Outcome
from sessions_app.sandbox.server.groups.nodes import approval
from sessions_app.sandbox.server.groups.service import GroupService
from sessions_app.sandbox.server.iq.answers import Context, Handler, error, result
from sessions_app.sandbox.server.trust import HOST
from sessions_app.sandbox.wire.jid import JID
from sessions_app.sandbox.wire.node import Attr, Node

JPEG = b"\xff\xd8\xff"
Part = Callable[[Context, Node, Node], list[Node]]
"""(who asks, the request, its child) -> the content of the answer."""


def _answering(parts: dict[str, Part]) -> Handler:
    def handle(context: Context, node: Node) -> Node:
        child = next(iter(node.children()), Node("nothing"))
        part = parts.get(child.tag)
        if part is None:
            return error(node, 501, "feature-not-implemented")
        try:
            return result(node, part(context, node, child))
        except GroupError as refusal:
            return error(node, refusal.code, refusal.text)

    return handle


def _service(context: Context) -> GroupService:
    return context.sandbox.groups


# -- get -------------------------------------------------------------------------------------------------------------
def _query(context: Context, node: Node, child: Node) -> list[Node]:
    return [_service(context).nodes.group(_service(context).seen_by(node.jid("to"), _me(context)))]


def _participating(context: Context, _node: Node, child: Node) -> list[Node]:
    members, nodes = child.child("participants") is not None, _service(context).nodes
    groups = context.sandbox.world.groups.of(_me(context))
    return [Node("groups", {}, [nodes.group(group, members=members) for group in groups])]


def _invite(context: Context, node: Node, child: Node) -> list[Node]:
    """With a code: what it leads to. Without: the code of the group, for its admins."""
    service = _service(context)
    if code := child.text("code"):
        return [service.nodes.group(service.membership.by_invite(code), members=False)]
    group = service.seen_by(node.jid("to"), _me(context))
    if not group.is_admin(_me(context)):
        raise not_authorized()
    return [Node("invite", {"code": group.invite})]


def _requests(context: Context, node: Node, _child: Node) -> list[Node]:
    service = _service(context)
    group = service.ruled_by(node.jid("to"), _me(context))
    asking = [
        Node("membership_approval_request", {**service.nodes.address(group, user, "jid"), "request_time": str(at)})
        for user, at in group.requests.items()
    ]
    return [Node("membership_approval_requests", {}, asking)]


# -- set -------------------------------------------------------------------------------------------------------------
def _create(context: Context, _node: Node, child: Node) -> list[Node]:
    state = child.find("membership_approval_mode", "group_join")
    timer, mode = child.child("ephemeral"), child.child("member_add_mode")
    service = _service(context)
    group, outcomes = service.create(
        _me(context),
        child.text("subject"),
        _users(context, child),
        announcement=child.child("announcement") is not None,
        locked=child.child("locked") is not None,
        approval=state is not None and state.text("state") == "on",
        ephemeral=int(timer.text("expiration", "0")) if timer else 0,
        admins_add=mode is not None and mode.data() == b"admin_add",
    )
    made = service.nodes.group(group)
    made.content = [*made.children(), *(_outcome(service, group, each) for each in outcomes if each.error)]
    return [made]


def _participants(context: Context, node: Node, child: Node) -> list[Node]:
    service, me = _service(context), _me(context)
    group = service.seen_by(node.jid("to"), me)
    if child.tag != "add" or group.admins_add:
        group = service.ruled_by(node.jid("to"), me)
    outcomes = service.membership.change(child.tag, group, me, _users(context, child))
    return [Node(child.tag, {}, [_outcome(service, group, outcome) for outcome in outcomes])]


def _outcome(service: GroupService, group: Group, outcome: Outcome) -> Node:
    attrs: dict[str, Attr] = {"error": str(outcome.error) if outcome.error else ""}
    node = service.nodes.participant(group, outcome.user, **attrs)
    node.content = outcome.children()
    return node


def _subject(context: Context, node: Node, child: Node) -> list[Node]:
    service = _service(context)
    service.subject(service.edited_by(node.jid("to"), _me(context)), _me(context), child.data().decode())
    return []


def _description(context: Context, node: Node, child: Node) -> list[Node]:
    service, body = _service(context), child.child("body")
    group = service.edited_by(node.jid("to"), _me(context))
    text = body.data().decode() if body else ""
    service.describe(group, _me(context), text, new_id=child.text("id"), previous=child.text("prev"))
    return []


def _flag(name: str, *, on: bool) -> Part:
    def part(context: Context, node: Node, _child: Node) -> list[Node]:
        service = _service(context)
        service.flag(service.ruled_by(node.jid("to"), _me(context)), _me(context), name, on=on)
        return []

    return part


def _ephemeral(context: Context, node: Node, child: Node) -> list[Node]:
    service = _service(context)
    group = service.edited_by(node.jid("to"), _me(context))
    service.ephemeral(group, _me(context), int(child.text("expiration", "0")))
    return []


def _approval(context: Context, node: Node, child: Node) -> list[Node]:
    service, join = _service(context), child.child("group_join")
    group = service.ruled_by(node.jid("to"), _me(context))
    service.approval(group, _me(context), on=join is not None and join.text("state") == "on")
    return [approval(on=group.approval)]


def _add_mode(context: Context, node: Node, child: Node) -> list[Node]:
    service = _service(context)
    group = service.ruled_by(node.jid("to"), _me(context))
    service.add_mode(group, _me(context), admins_only=child.data() == b"admin_add")
    return []


def _new_invite(context: Context, node: Node, child: Node) -> list[Node]:
    """With a code: join. Without: another code instead of the one before."""
    service = _service(context)
    if code := child.text("code"):
        group, joined = service.membership.join(_me(context), code)
        return [Node("group" if joined else "membership_approval_request", {"jid": group.jid})]
    group = service.ruled_by(node.jid("to"), _me(context))
    return [Node("invite", {"code": service.new_invite(group, _me(context))})]


def _decide(context: Context, node: Node, child: Node) -> list[Node]:
    service, me = _service(context), _me(context)
    group = service.ruled_by(node.jid("to"), me)
    action = next(iter(child.children()), None)
    if action is None:
        raise bad_request()
    users = _users(context, action)
    outcomes = service.membership.decide(group, me, users, approve=action.tag == "approve")
    return [Node(child.tag, {}, [Node(action.tag, {}, [_outcome(service, group, each) for each in outcomes])])]


def _leave(context: Context, _node: Node, child: Node) -> list[Node]:
    service = _service(context)
    for each in child.children("group"):
        service.membership.leave(service.seen_by(each.jid("id"), _me(context)), _me(context))
    return [child]


# -- pictures (namespace `w:profile:picture`) ------------------------------------------------------------------------
def picture(context: Context, node: Node, target: JID) -> Node:
    """Where a group's picture is."""
    try:
        group = _service(context).seen_by(target, _me(context))
    except GroupError as refusal:
        return error(node, refusal.code, refusal.text)
    if not group.picture_id:
        return error(node, 404, "item-not-found")
    url = f"https://{HOST}{group.picture_path}"
    attrs: dict[str, Attr] = {"id": group.picture_id, "url": url, "direct_path": group.picture_path, "type": "image"}
    return result(node, [Node("picture", attrs)])


def set_picture(context: Context, node: Node, target: JID) -> Node:
    """A JPEG; without any, the picture is removed."""
    service, child = _service(context), node.child("picture")
    try:
        group = service.edited_by(target, _me(context))
        if child is None:
            service.picture(group, _me(context), "", "")
            return result(node)
        if not child.data().startswith(JPEG):
            raise not_acceptable()
        path = context.sandbox.media.save(secrets.token_urlsafe(24), child.data())
        service.picture(group, _me(context), str(time.time_ns() // 1000), path)
    except GroupError as refusal:
        return error(node, refusal.code, refusal.text)
    return result(node, [Node("picture", {"id": group.picture_id})])


def _me(context: Context) -> str:
    return context.account.lid.user


def _users(context: Context, node: Node) -> list[str]:
    """The people of a request; unknown ones keep the number that they were named by."""
    jids = [jid for each in node.children("participant") if (jid := each.jid("jid"))]
    return [_user(context, jid) for jid in jids]


def _user(context: Context, jid: JID) -> str:
    lid = context.sandbox.world.lid(jid.bare())
    return lid.user if lid else jid.user


get = _answering(
    {
        "query": _query,
        "participating": _participating,
        "invite": _invite,
        "membership_approval_requests": _requests,
    }
)
put = _answering(
    {
        "create": _create,
        **dict.fromkeys(("add", "remove", "promote", "demote"), _participants),
        "subject": _subject,
        "description": _description,
        "announcement": _flag("announcement", on=True),
        "not_announcement": _flag("announcement", on=False),
        "locked": _flag("locked", on=True),
        "unlocked": _flag("locked", on=False),
        "ephemeral": _ephemeral,
        "not_ephemeral": _ephemeral,
        "membership_approval_mode": _approval,
        "member_add_mode": _add_mode,
        "invite": _new_invite,
        "membership_requests_action": _decide,
        "leave": _leave,
    }
)

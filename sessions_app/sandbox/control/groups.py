"""Groups: phones make them, change them, join and leave them."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from sessions_app.sandbox.control.call import Call, choice, field, invalid
from sessions_app.sandbox.phones.core import new_id
from sessions_app.sandbox.server.errors import SandboxError, not_found
from sessions_app.sandbox.server.groups.errors import GroupError
from sessions_app.sandbox.server.groups.group import MOST_MEMBERS, Group
from sessions_app.sandbox.server.groups.membership import Outcome
from sessions_app.sandbox.server.http import Response
from sessions_app.sandbox.wire.jid import GROUP_SERVER, JID

ACTIONS = ("add", "remove", "promote", "demote", "approve", "reject")
FLAGS = ("announcement", "locked")
INVITE_LINK = "https://chat.whatsapp.com/"

Handler = Callable[..., Awaitable[Any]]


def refusing(handler: Handler) -> Handler:
    """WhatsApp's refusals become errors of this API: `group_403` and the like."""

    @functools.wraps(handler)
    async def wrapped(call: Call, *arguments: str) -> Any:
        try:
            return await handler(call, *arguments)
        except GroupError as error:
            raise SandboxError(409, f"group_{error.code}", error.text) from error

    return wrapped


async def listed(call: Call) -> dict[str, Any]:
    """All groups."""
    return {"groups": [_json(call, group) for group in call.sandbox.world.groups.all()]}


async def show(call: Call, jid: str) -> dict[str, Any]:
    """One group."""
    return _json(call, _group(call, jid))


@refusing
async def create(call: Call) -> dict[str, Any]:
    """A phone makes a group: `{creator, subject, members, …}`."""
    body = call.body()
    group, outcomes = call.sandbox.groups.create(
        _user(call, field(body, "creator", str)),
        field(body, "subject", str),
        [_user(call, number) for number in field(body, "members", list, [])],
        announcement=field(body, "announcement", bool, False),
        locked=field(body, "locked", bool, False),
        approval=field(body, "approval", bool, False),
        limit=field(body, "limit", int, MOST_MEMBERS),
        addressing_mode=choice(body, "addressing_mode", ("lid", "pn"), "lid"),
    )
    return {**_json(call, group), "outcomes": _outcomes(call, outcomes)}


@refusing
async def change(call: Call, jid: str) -> dict[str, Any]:
    """A member changes it: `{by, subject?, description?, announcement?, locked?, approval?, ephemeral?}`."""
    body, service, group = call.body(), call.sandbox.groups, _group(call, jid)
    by = _user(call, field(body, "by", str))
    if subject := field(body, "subject", str, ""):
        service.subject(service.edited_by(group.jid, by), by, subject)
    if (description := field(body, "description", str, None)) is not None:
        known = group.description.id if group.description else ""
        service.describe(service.edited_by(group.jid, by), by, description, new_id=new_id(), previous=known)
    for name in FLAGS:
        if (on := field(body, name, bool, None)) is not None:
            service.flag(service.ruled_by(group.jid, by), by, name, on=on)
    if (on := field(body, "approval", bool, None)) is not None:
        service.approval(service.ruled_by(group.jid, by), by, on=on)
    if (seconds := field(body, "ephemeral", int, None)) is not None:
        service.ephemeral(service.edited_by(group.jid, by), by, seconds)
    return _json(call, group)


@refusing
async def members(call: Call, jid: str) -> dict[str, Any]:
    """A member changes who is in it: `{by, action, phones}`; one outcome for each phone."""
    body, service = call.body(), call.sandbox.groups
    by, action = _user(call, field(body, "by", str)), choice(body, "action", ACTIONS)
    users = [_user(call, number) for number in field(body, "phones", list)]
    group = service.ruled_by(_group(call, jid).jid, by)
    if action in ("approve", "reject"):
        outcomes = service.membership.decide(group, by, users, approve=action == "approve")
    else:
        outcomes = service.membership.change(action, group, by, users)
    return {**_json(call, group), "outcomes": _outcomes(call, outcomes)}


@refusing
async def new_invite(call: Call, jid: str) -> dict[str, Any]:
    """An admin revokes the invite link: `{by}`."""
    by, service = _user(call, field(call.body(), "by", str)), call.sandbox.groups
    group = service.ruled_by(_group(call, jid).jid, by)
    service.new_invite(group, by)
    return _json(call, group)


@refusing
async def join(call: Call, number: str) -> dict[str, Any]:
    """A phone joins by link: `{invite}`."""
    code = field(call.body(), "invite", str).removeprefix(INVITE_LINK)
    group, joined = call.sandbox.groups.membership.join(call.account(number).lid.user, code)
    return {**_json(call, group), "joined": joined}


@refusing
async def leave(call: Call, number: str) -> dict[str, Any]:
    """A phone leaves: `{group}`."""
    user, service = call.account(number).lid.user, call.sandbox.groups
    group = service.seen_by(_group(call, field(call.body(), "group", str)).jid, user)
    service.membership.leave(group, user)
    return _json(call, group)


async def picture(call: Call, jid: str) -> Response:
    """The group's picture."""
    group = _group(call, jid)
    if not group.picture_path:
        raise not_found("a picture of this group")
    return Response(200, call.sandbox.media.fetch(group.picture_path), {"content-type": "image/jpeg"})


def _group(call: Call, text: str) -> Group:
    group = call.sandbox.world.groups.find(JID(text.removesuffix(f"@{GROUP_SERVER}"), GROUP_SERVER))
    if group is None:
        raise not_found(f"group {text}")
    return group


def _user(call: Call, number: Any) -> str:
    if not isinstance(number, str):
        raise invalid("a phone number is text")
    account = call.sandbox.world.by_number(number.lstrip("+"))
    return account.lid.user if account else number.lstrip("+")


def _outcomes(call: Call, outcomes: list[Outcome]) -> list[dict[str, Any]]:
    numbers = _numbers(call)
    return [{"phone": numbers.get(each.user, each.user), "error": each.error} for each in outcomes]


def _numbers(call: Call) -> dict[str, str]:
    return {account.lid.user: account.number for account in call.sandbox.world.accounts()}


def _json(call: Call, group: Group) -> dict[str, Any]:
    return group.as_json(_numbers(call))

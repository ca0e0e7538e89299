"""Channels: phones make them, follow them and post."""

from __future__ import annotations

from typing import Any

from sessions_app.sandbox.control.call import Call, choice, field
from sessions_app.sandbox.phones import content
from sessions_app.sandbox.server.errors import SandboxError, not_found
from sessions_app.sandbox.server.newsletters.newsletter import ADMIN, Follower, Newsletter
from sessions_app.sandbox.server.newsletters.service import NewsletterError
from sessions_app.sandbox.wire.jid import JID, NEWSLETTER_SERVER

ACTIONS = ("follow", "unfollow", "admin")


async def listed(call: Call) -> dict[str, Any]:
    """All channels."""
    return {"channels": [each.as_json() for each in call.sandbox.world.newsletters.all()]}


async def create(call: Call) -> dict[str, Any]:
    """A phone makes a channel: `{owner, name, description?}`."""
    body = call.body()
    owner = call.account(field(body, "owner", str)).lid.user
    try:
        made = call.sandbox.newsletters.create(owner, field(body, "name", str), field(body, "description", str, ""))
    except NewsletterError as error:
        raise _refused(error) from error
    return made.as_json()


async def show(call: Call, jid: str) -> dict[str, Any]:
    """One channel."""
    return _channel(call, jid).as_json()


async def followers(call: Call, jid: str) -> dict[str, Any]:
    """A phone follows it, or no more, or becomes an admin: `{phone, action}`."""
    body, channel, service = call.body(), _channel(call, jid), call.sandbox.newsletters
    user = call.account(field(body, "phone", str)).lid.user
    action = choice(body, "action", ACTIONS, "follow")
    try:
        if action == "unfollow":
            service.unfollow(channel, user)
        else:
            service.follow(channel, user)
    except NewsletterError as error:
        raise _refused(error) from error
    if action == "admin":
        channel.followers[user] = Follower(ADMIN)
        call.sandbox.world.newsletters.save(channel)
    return channel.as_json()


async def post(call: Call, jid: str) -> dict[str, Any]:
    """A phone posts a text: `{by, text}`; with `edits` in place of an earlier post."""
    body, channel = call.body(), _channel(call, jid)
    by = call.account(field(body, "by", str)).lid.user
    message = content.text(field(body, "text", str)).SerializeToString()
    try:
        posted = call.sandbox.newsletters.write(channel, by, message, edits=field(body, "edits", str, ""))
    except NewsletterError as error:
        raise _refused(error) from error
    return {"id": posted.id, "server_id": posted.server_id}


def _channel(call: Call, text: str) -> Newsletter:
    jid = JID(text.removesuffix(f"@{NEWSLETTER_SERVER}"), NEWSLETTER_SERVER)
    channel = call.sandbox.world.newsletters.find(jid)
    if channel is None:
        raise not_found(f"channel {text}")
    return channel


def _refused(error: NewsletterError) -> SandboxError:
    return SandboxError(409, f"channel_{error.code}", error.text)

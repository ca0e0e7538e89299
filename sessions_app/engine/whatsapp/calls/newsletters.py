"""Channels, which WhatsApp calls newsletters inside: finding, making, following, muting, reacting.

There is no call for the posts of a channel: the library ends the whole process over a post without content, such
as a deleted one. The platform keeps the posts that it has received instead.
"""

import re
from typing import Any

from sessions_app.engine.refusals import refused
from sessions_app.engine.whatsapp import jids
from sessions_app.engine.whatsapp.library import pb

from .arguments import Answer, Arguments, Call, bad, explained, take_flag, take_text

LONGEST_NAME = 100
LONGEST_DESCRIPTION = 2048
LONGEST_REACTION = 40
INVITE_CODE = re.compile(r"[A-Za-z0-9_-]{6,64}")
LARGEST_SERVER_ID = 2**31 - 1
NOT_FOUND = "WhatsApp knows no such channel (404)."
SENTENCES = {
    "400": "WhatsApp does not take this for a channel (400).",
    "401": "Only an admin of the channel may do that (401).",
    "403": "The account may not do that in this channel (403).",
    "404": NOT_FOUND,
    "409": "It is so already (409).",
    "429": "Too much was asked about channels in a short time (429). Wait a while before the next attempt.",
}
in_channels = explained(SENTENCES)


@in_channels
def channel_list(client: Any, _arguments: Arguments) -> Answer:
    """The channels that the account follows or owns: {"channels": [channel]}."""
    return {"channels": [_channel(each) for each in client.get_subscribed_newletters()]}


@in_channels
def channel_info(client: Any, arguments: Arguments) -> Answer:
    """One channel: {"channel"}."""
    return {"channel": _found(client.get_newsletter_info(_jid(arguments)))}


@in_channels
def channel_preview(client: Any, arguments: Arguments) -> Answer:
    """The channel of an invite `code`, without what the account has to do with it: {"channel"}."""
    code = arguments.get("code")
    if not isinstance(code, str) or not INVITE_CODE.fullmatch(code):
        raise bad("code")
    return {"channel": _found(client.get_newsletter_info_with_invite(code))}


@in_channels
def channel_create(client: Any, arguments: Arguments) -> Answer:
    """Make a channel of `name` and `description`: {"channel"}."""
    name = take_text(arguments, "name", LONGEST_NAME)
    description = take_text(arguments, "description", LONGEST_DESCRIPTION, empty=True)
    return {"channel": _found(client.create_newsletter(name, description, b""))}


@in_channels
def channel_follow(client: Any, arguments: Arguments) -> Answer:
    """Follow a channel."""
    client.follow_newsletter(_jid(arguments))
    return {}


@in_channels
def channel_unfollow(client: Any, arguments: Arguments) -> Answer:
    """Follow a channel no more."""
    client.unfollow_newsletter(_jid(arguments))
    return {}


@in_channels
def channel_mute(client: Any, arguments: Arguments) -> Answer:
    """Whether the phone stays silent about new posts."""
    client.newsletter_toggle_mute(_jid(arguments), take_flag(arguments, "on"))
    return {}


@in_channels
def channel_react(client: Any, arguments: Arguments) -> Answer:
    """React to the post with that `server_id`; an empty `reaction` takes it back. WhatsApp confirms nothing."""
    server_id = arguments.get("server_id")
    if not isinstance(server_id, int) or isinstance(server_id, bool) or not 0 < server_id <= LARGEST_SERVER_ID:
        raise bad("server_id")
    reaction = take_text(arguments, "reaction", LONGEST_REACTION, empty=True)
    client.newsletter_send_reaction(_jid(arguments), server_id, reaction, "")
    return {}


CALLS: tuple[Call, ...] = (
    channel_list,
    channel_info,
    channel_preview,
    channel_create,
    channel_follow,
    channel_unfollow,
    channel_mute,
    channel_react,
)


def _jid(arguments: Arguments) -> Any:
    return jids.parse(arguments.get("channel"), jids.CHANNEL_SERVER)


def _found(metadata: Any) -> Answer:
    if not metadata.ID.User:  # no error of WhatsApp, and no channel either
        raise refused("404", NOT_FOUND)
    return _channel(metadata)


def _channel(metadata: Any) -> Answer:
    thread, viewer = metadata.ThreadMeta, metadata.ViewerMeta
    known = metadata.HasField("ViewerMeta")
    return {
        "jid": jids.text(metadata.ID),
        "name": thread.Name.Text,
        "description": thread.Description.Text,
        "invite_code": thread.InviteCode,
        "created_at": float(max(0, thread.CreationTime)),
        "subscribers": thread.SubscriberCount,
        "verified": thread.VerificationState == pb.NewsletterThreadMetadata.VERIFIED,
        "state": _name(pb.WrappedNewsletterState.NewsletterState, metadata.State.Type),
        "role": _name(pb.NewsletterRole, viewer.Role) if known else "",
        "muted": viewer.Mute == pb.ON if known else False,
    }


def _name(kind: Any, value: int) -> str:
    """An enum's value as text; empty for one that this version of the library does not know."""
    return str(kind.Name(value)).lower() if value in kind.values() else ""

"""Groups: listing, making, changing, joining, leaving."""

import re
from typing import Any

from sessions_app.engine.errors import Refused, Unsupported
from sessions_app.engine.refusals import NOT_ALLOWED
from sessions_app.engine.whatsapp import jids
from sessions_app.engine.whatsapp.failures import translate
from sessions_app.engine.whatsapp.groups import group_data, outcomes, person
from sessions_app.engine.whatsapp.library import NeonizeError, ParticipantChange
from sessions_app.engine.whatsapp.people import People

from .arguments import (
    NANOSECONDS,
    Answer,
    Arguments,
    Call,
    bad,
    explained,
    take_choice,
    take_flag,
    take_list,
    take_text,
    take_timer,
)

PEOPLE_AT_ONCE = 256
LONGEST_SUBJECT = 100
LONGEST_DESCRIPTION = 2048
INVITE_CODE = re.compile(r"[A-Za-z0-9_-]{10,64}")
ACTIONS = {
    "add": ParticipantChange.ADD,
    "remove": ParticipantChange.REMOVE,
    "promote": ParticipantChange.PROMOTE,
    "demote": ParticipantChange.DEMOTE,
}
NO_SUCH_PERSON = 404
SENTENCES = {
    "400": "WhatsApp does not take this for a group (400).",
    "401": "Only an admin of the group may do that (401).",
    "403": "The account is not in this group, or is no admin of it (403).",
    "404": "WhatsApp knows no such group (404).",
    "405": "WhatsApp does not allow this in this group (405).",
    "406": "WhatsApp does not accept this: it is too long, malformed, or an invite link that never existed (406).",
    "409": "It is so already, or somebody else changed it at the same time (409).",
    "410": "This invite link has been revoked (410).",
    "419": "The group is full, or the account is in too many groups (419).",
    "429": "Too many changes in groups in a short time (429). Wait a while before the next.",
}
in_groups = explained(SENTENCES)


@in_groups
def group_list(client: Any, _arguments: Arguments) -> Answer:
    """All groups of the account: {"groups": [group]}, see engine/whatsapp/groups.py."""
    complete = People(client).known
    return {"groups": [group_data(info, complete) for info in client.get_joined_groups()]}


@in_groups
def group_info(client: Any, arguments: Arguments) -> Answer:
    """One group that the account is in: {"group": group}."""
    return {"group": group_data(client.get_group_info(_group(arguments)), People(client).known)}


@in_groups
def group_create(client: Any, arguments: Arguments) -> Answer:
    """Make a group of `subject` and `participants`: {"group", "results": [{jid, lid, role, status}]}."""
    subject = take_text(arguments, "subject", LONGEST_SUBJECT)
    people = _people(arguments) if arguments.get("participants") else []
    info = client.create_group(subject, people)
    complete = People(client).known
    return {"group": group_data(info, complete), "results": outcomes(info.Participants, complete)}


@in_groups
def group_participants(client: Any, arguments: Arguments) -> Answer:
    """`action` add, remove, promote or demote `participants`: {"results": [{jid, lid, role, status}]}."""
    group, people = _group(arguments), _people(arguments)
    action = take_choice(arguments, "action", tuple(ACTIONS))
    complete = People(client).known
    strangers: list[Any] = []
    if action != "add":
        people, strangers = _members(client.get_group_info(group), people)
    changed = client.update_group_participants(group, people, ACTIONS[action]) if people else []
    unknown = [{**person(complete, each), "role": "", "status": NO_SUCH_PERSON} for each in strangers]
    return {"results": [*outcomes(changed, complete), *unknown]}


@in_groups
def group_subject(client: Any, arguments: Arguments) -> Answer:
    """Rename the group."""
    client.set_group_name(_group(arguments), take_text(arguments, "subject", LONGEST_SUBJECT))
    return {}


@in_groups
def group_description(client: Any, arguments: Arguments) -> Answer:
    """Another description; an empty one removes it. The library itself looks up which one it replaces."""
    text = take_text(arguments, "description", LONGEST_DESCRIPTION, empty=True)
    client.set_group_topic(_group(arguments), "", "", text)
    return {}


@in_groups
def group_picture(client: Any, arguments: Arguments) -> Answer:
    """Another picture: `picture` is a JPEG. {"picture_id"}."""
    picture = arguments.get("picture")
    if not picture:
        raise Unsupported("The engine cannot remove a group's picture; it can only set another one.")
    if not isinstance(picture, bytes) or not picture.startswith(b"\xff\xd8\xff"):
        raise bad("picture")  # text would be taken for a URL or a file of this machine
    return {"picture_id": str(client.set_group_photo(_group(arguments), picture))}


@in_groups
def group_announce(client: Any, arguments: Arguments) -> Answer:
    """Whether only admins write."""
    client.set_group_announce(_group(arguments), take_flag(arguments, "on"))
    return {}


@in_groups
def group_locked(client: Any, arguments: Arguments) -> Answer:
    """Whether only admins change subject, description and picture."""
    client.set_group_locked(_group(arguments), take_flag(arguments, "on"))
    return {}


@in_groups
def group_ephemeral(client: Any, arguments: Arguments) -> Answer:
    """Messages disappear after `seconds`, one of TIMERS; 0 keeps them."""
    client.set_disappearing_timer(_group(arguments), take_timer(arguments) * NANOSECONDS)
    return {}


@in_groups
def group_invite(client: Any, arguments: Arguments) -> Answer:
    """The invite link, for admins; `reset` revokes it and gives another. {"link"}."""
    return {"link": client.get_group_invite_link(_group(arguments), bool(arguments.get("reset")))}


@in_groups
def group_preview(client: Any, arguments: Arguments) -> Answer:
    """The group that an invite `code` leads to, as far as strangers may see it: {"group"}."""
    return {"group": group_data(client.get_group_info_from_link(_code(arguments)), People(client).known)}


@in_groups
def group_join(client: Any, arguments: Arguments) -> Answer:
    """Join by invite `code`: {"jid", "joined", "group"}; not `joined`: admins have to approve it."""
    jid = client.join_group_with_link(_code(arguments))
    answer: Answer = {"jid": jids.text(jid), "joined": False, "group": None}
    try:
        info = client.get_group_info(jid)
    except NeonizeError as error:  # the library does not tell a request from a membership
        if not isinstance(refusal := translate(error), Refused) or refusal.code != NOT_ALLOWED:
            raise
        return answer
    return answer | {"joined": True, "group": group_data(info, People(client).known)}


@in_groups
def group_leave(client: Any, arguments: Arguments) -> Answer:
    """Leave the group."""
    client.leave_group(_group(arguments))
    return {}


@in_groups
def group_requests(client: Any, arguments: Arguments) -> Answer:
    """Who asks to join: {"requests": [{jid, lid, at}]}."""
    complete = People(client).known
    asking = client.get_group_request_participants(_group(arguments))
    return {"requests": [{**person(complete, each.Participant), "at": each.TimeAt / 1_000_000} for each in asking]}


CALLS: tuple[Call, ...] = (
    group_list,
    group_info,
    group_create,
    group_participants,
    group_subject,
    group_description,
    group_picture,
    group_announce,
    group_locked,
    group_ephemeral,
    group_invite,
    group_preview,
    group_join,
    group_leave,
    group_requests,
)


def _group(arguments: Arguments) -> Any:
    return jids.parse(arguments.get("group"), jids.GROUP_SERVER)


def _people(arguments: Arguments) -> list[Any]:
    named = take_list(arguments, "participants", PEOPLE_AT_ONCE)
    return [jids.parse(each, jids.PHONE_SERVER, jids.LID_SERVER) for each in named]


def _members(info: Any, people: list[Any]) -> tuple[list[Any], list[Any]]:
    """Members as the group names them, by LID or number whatever the caller wrote; and who is none."""
    names = {jids.text(name): each.JID for each in info.Participants for name in (each.JID, each.LID, each.PhoneNumber)}
    found = {jids.text(each): names.get(jids.text(each)) for each in people}
    return [jid for jid in found.values() if jid is not None], [each for each in people if not found[jids.text(each)]]


def _code(arguments: Arguments) -> str:
    code = arguments.get("code")
    if not isinstance(code, str) or not INVITE_CODE.fullmatch(code):
        raise bad("code")
    return code

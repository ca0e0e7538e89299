"""What people do with groups: asked of WhatsApp, then read back, so that whoever looks next sees it."""

from collections.abc import Sequence
from typing import Any

from messaging.models import Group
from sessions_app.asking import ask
from sessions_app.models import Session
from whatsapp_api.core.errors import ApiError

from .apply import group_learn, group_left
from .payloads import preview_payload
from .people import account, shown
from .selectors import group_get

LIST_WITHIN = 30.0  # seconds; an account can be in a thousand groups
SETTINGS = {
    "subject": ("group_subject", "subject"),
    "description": ("group_description", "description"),
    "announce": ("group_announce", "on"),
    "locked": ("group_locked", "on"),
    "ephemeral": ("group_ephemeral", "seconds"),
}
OUTCOMES = {
    200: ("done", ""),
    401: ("refused", "Only an admin may do that."),
    403: ("needs_invitation", "This person lets only contacts add them to groups: send the invite link."),
    404: ("not_found", "This number is not on WhatsApp, or this person is not in the group."),
    405: ("not_allowed", "WhatsApp does not allow this, for example with the group's creator."),
    408: ("left_recently", "This person left a short while ago: send the invite link."),
    409: ("already_member", "This person is in the group already."),
    417: ("refused", "WhatsApp refuses this for this person."),
    419: ("group_full", "The group is full."),
}
Result = dict[str, Any]


def groups_refresh(*, session: Session) -> None:
    """Ask for all groups of the account; those that it is in no more are marked so."""
    told = ask(session, "group_list", timeout=LIST_WITHIN)["groups"]
    for data in told:
        group_learn(session, data, told=False)
    gone = Group.objects.filter(session=session, member=True).exclude(jid__in=[data["jid"] for data in told])
    for group in gone:
        group_left(session, group, reason="gone")


def group_refresh(*, session: Session, jid: str) -> Group:
    """Ask for one group."""
    return group_learn(session, ask(session, "group_info", {"group": jid})["group"], told=False)


def group_create(*, session: Session, subject: str, participants: Sequence[str]) -> tuple[Group, list[Result]]:
    """Make a group; who could not be added is in the results."""
    answer = ask(session, "group_create", {"subject": subject, "participants": list(participants)})
    group = group_learn(session, answer["group"], by=account(session), how="created")
    results = [_result(each) for each in answer["results"] if each["lid"] != session.lid]
    return group, results


def group_change(*, session: Session, jid: str, **settings: Any) -> Group:
    """Change settings one after the other; when one is refused, those before it stay changed."""
    for name, value in settings.items():
        method, argument = SETTINGS[name]
        ask(session, method, {"group": jid, argument: value})
    return _read_back(session, jid)


def group_participants(
    *, session: Session, jid: str, action: str, participants: Sequence[str]
) -> tuple[Group, list[Result]]:
    """Add, remove, promote or demote people; each has a result of its own."""
    if action == "remove" and {session.jid, session.lid} & set(participants):
        raise ApiError("own_account", "To take the account itself out of the group, POST …/leave.")
    arguments = {"group": jid, "action": action, "participants": list(participants)}
    results = ask(session, "group_participants", arguments)["results"]
    return _read_back(session, jid), [_result(each) for each in results]


def group_picture_set(*, session: Session, jid: str, picture: bytes) -> None:
    """Another picture, a JPEG; nothing asks for its removal, which the engine refuses with its reason."""
    ask(session, "group_picture", {"group": jid, "picture": picture})


def group_invite(*, session: Session, jid: str, reset: bool = False) -> str:
    """The invite link; `reset` revokes it and gives another."""
    return str(ask(session, "group_invite", {"group": jid, "reset": reset})["link"])


def group_preview(*, session: Session, code: str) -> dict[str, Any]:
    """The group that an invite code leads to."""
    return preview_payload(ask(session, "group_preview", {"code": code})["group"])


def group_join(*, session: Session, code: str) -> tuple[str, Group | None]:
    """Join by invite code: the group's JID, and the group unless admins have to approve it first."""
    answer = ask(session, "group_join", {"code": code})
    data = answer["group"]
    return str(answer["jid"]), group_learn(session, data, by=account(session), how="invite") if data else None


def group_leave(*, session: Session, jid: str) -> Group:
    """Leave the group."""
    group = group_get(session, jid)
    ask(session, "group_leave", {"group": jid})
    return group_left(session, group)


def group_requests(*, session: Session, jid: str) -> list[dict[str, Any]]:
    """Who asks to join."""
    return [dict(each) for each in ask(session, "group_requests", {"group": jid})["requests"]]


def _read_back(session: Session, jid: str) -> Group:
    data = ask(session, "group_info", {"group": jid})["group"]
    return group_learn(session, data, by=account(session), told=False)


def _result(told: dict[str, Any]) -> Result:
    code, text = OUTCOMES.get(told["status"], ("refused", f"WhatsApp refused this ({told['status']})."))
    return {"participant": shown(told), "ok": told["status"] == 200, "code": code, "message": text}

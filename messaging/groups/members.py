"""The participants of a group's row, and what changed about them: pairs of an action and people.

Actions: added, joined (by link or by themselves), removed, left, promoted, demoted.
"""

from collections.abc import Callable, Iterable
from typing import Any

from messaging.models import Group, GroupRole

from .people import Someone, find, same, shown

Changes = list[tuple[str, list[Someone]]]
NOT_ADMIN = GroupRole.MEMBER.value


def members_replace(group: Group, people: list[Someone], me: Someone, *, silent: bool) -> Changes:
    """Take the whole list as it is now told; without `silent`, say what is different."""
    old, new = group.participants, [_entry(each, each["role"]) for each in people]
    group.participants = new
    group.role = (find(new, me) or {}).get("role", "")
    return [] if silent else _differences(old, new)


def members_change(group: Group, told: dict[str, Any], me: Someone, *, by: Someone, how: str) -> Changes:
    """Take what is told of some; what is so already is no change. Of a group never told whole all is taken as new."""
    people, known = list(group.participants), group.refreshed_at is not None
    arrived = [each for each in told.get("joined", ()) if find(people, each) is None]
    gone = [each for each in told.get("left", ()) if not known or find(people, each) is not None]
    promoted = _ranked(people, told.get("promoted", ()), known, lambda role: role == NOT_ADMIN)
    demoted = _ranked(people, told.get("demoted", ()), known, lambda role: role != NOT_ADMIN)
    people = [each for each in people if find(gone, each) is None]
    people += [_entry(each, NOT_ADMIN) for each in arrived]
    people = [_promoted(each, promoted, demoted) for each in people]
    group.participants = people
    if find(gone, me) is not None:
        group.member, group.role = False, ""
    elif own := find(people, me):
        group.role = own["role"]
    alone = len(arrived) == 1 and same(arrived[0], by)
    quit_ = len(gone) == 1 and same(gone[0], by)
    return _told(
        ("joined" if how == "invite" or alone else "added", arrived),
        ("left" if quit_ else "removed", [each for each in gone if not same(each, me)]),
        ("promoted", promoted),
        ("demoted", demoted),
    )


def _entry(person: Someone, role: str) -> Someone:
    return {"jid": person.get("jid", ""), "lid": person.get("lid", ""), "role": role}


def _ranked(people: list[Someone], told: Iterable[Someone], known: bool, was: Callable[[str], bool]) -> list[Someone]:
    """Those whose rank really changes; of a group never told whole, also those that are not in its list."""
    entries = [(each, find(people, each)) for each in told]
    return [each for each, entry in entries if (was(entry["role"]) if entry else not known)]


def _promoted(entry: Someone, promoted: list[Someone], demoted: list[Someone]) -> Someone:
    if find(promoted, entry) is not None:
        return {**entry, "role": GroupRole.ADMIN.value}
    return {**entry, "role": NOT_ADMIN} if find(demoted, entry) is not None else entry


def _differences(old: list[Someone], new: list[Someone]) -> Changes:
    # By key, not pair by pair: a community has thousands.
    before, now = ({each["lid"] or each["jid"]: each for each in people} for people in (old, new))
    stayed = [(before[key], each) for key, each in now.items() if key in before]
    return _told(
        ("added", [each for key, each in now.items() if key not in before]),
        ("removed", [each for key, each in before.items() if key not in now]),
        ("promoted", [each for was, each in stayed if was["role"] == NOT_ADMIN != each["role"]]),
        ("demoted", [each for was, each in stayed if was["role"] != NOT_ADMIN == each["role"]]),
    )


def _told(*changes: tuple[str, list[Someone]]) -> Changes:
    return [(action, [shown(each) for each in people]) for action, people in changes if people]

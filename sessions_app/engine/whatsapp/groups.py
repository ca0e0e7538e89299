"""Groups and their changes as the library tells them, as plain data.

A person is `{"jid", "lid"}`, either empty when unknown. `created_at` comes as a 32-bit float: right to two minutes.
"""

from typing import Any

from sessions_app.engine.base import GroupChanged, GroupJoined, Person

from . import jids
from .people import Complete

Plain = dict[str, Any]


def group_data(info: Any, complete: Complete) -> Plain:
    """Everything of a `GroupInfo`. Participants with an error were not admitted, see `outcomes`."""
    return {
        "jid": jids.text(info.JID),
        "subject": info.GroupName.Name,
        "subject_at": _moment(info.GroupName.NameSetAt),
        "subject_by": person(complete, info.GroupName.NameSetBy),
        "description": info.GroupTopic.Topic,
        "description_id": info.GroupTopic.TopicID,
        "owner": person(complete, info.OwnerJID, info.OwnerPN),
        "created_at": _moment(info.GroupCreated),
        "announce": info.GroupAnnounce.IsAnnounce,
        "locked": info.GroupLocked.isLocked,
        "ephemeral": info.GroupEphemeral.DisappearingTimer if info.GroupEphemeral.IsEphemeral else 0,
        "community": info.GroupParent.IsParent,
        "parent": jids.text(info.GroupLinkedParent.LinkedParentJID),
        "addressing": "lid" if any(each.JID.Server == jids.LID_SERVER for each in info.Participants) else "pn",
        "participants": [_participant(each, complete) for each in info.Participants if not each.Error],
    }


def outcomes(participants: Any, complete: Complete) -> list[Plain]:
    """What became of each participant of a request; `status` is WhatsApp's code, 200 when it worked."""
    return [{**_participant(each, complete), "status": each.Error or 200} for each in participants]


def joined(session: str, event: Any, complete: Complete) -> GroupJoined:
    """The account is in a group from now on: it was added, joined by link, or made the group."""
    group = group_data(event.GroupInfo, complete)
    return GroupJoined(session=session, chat=Person(jid=group["jid"]), group=group, how=event.Reason)


def changed(session: str, event: Any, complete: Complete) -> GroupChanged | None:
    """What changed, or None for what we know nothing of."""
    changes = {**_settings(event), **_people(event, complete)}
    if not changes:
        return None
    return GroupChanged(
        session=session,
        chat=Person(jid=jids.text(event.JID)),
        sender=_known(complete, event.Sender) if event.HasField("Sender") else Person(),
        at=float(event.Timestamp),
        how=event.JoinReason,
        changes=changes,
    )


def picture_changed(session: str, event: Any, complete: Complete) -> GroupChanged | None:
    """Another picture of a group, or none any more; None for pictures of people."""
    if event.JID.Server != jids.GROUP_SERVER:
        return None
    return GroupChanged(
        session=session,
        chat=Person(jid=jids.text(event.JID)),
        sender=_known(complete, event.Author),
        at=float(event.Timestamp),
        changes={"picture": "removed" if event.Remove else "set"},
    )


def person(complete: Complete, *addresses: Any) -> Plain:
    """Somebody under both addresses, as far as they are known."""
    known = _known(complete, *addresses)
    return {"jid": known.jid, "lid": known.lid}


def _known(complete: Complete, *addresses: Any) -> Person:
    return complete(jids.person(*addresses))


def _settings(event: Any) -> Plain:
    changes: Plain = {}
    if event.HasField("Name"):
        changes["subject"] = event.Name.Name
    if event.HasField("Topic"):
        changes["description"] = event.Topic.Topic
    if event.HasField("Announce"):
        changes["announce"] = event.Announce.IsAnnounce
    if event.HasField("Locked"):
        changes["locked"] = event.Locked.isLocked
    if event.HasField("Ephemeral"):
        changes["ephemeral"] = event.Ephemeral.DisappearingTimer if event.Ephemeral.IsEphemeral else 0
    if event.HasField("NewInviteLink"):
        changes["invite"] = "changed"  # the link itself lets anybody in: it stays out of events
    if event.HasField("Delete"):
        changes["deleted"] = True
    return changes


def _people(event: Any, complete: Complete) -> Plain:
    lists = {"joined": event.Join, "left": event.Leave, "promoted": event.Promote, "demoted": event.Demote}
    return {name: [person(complete, each) for each in people] for name, people in lists.items() if people}


def _participant(participant: Any, complete: Complete) -> Plain:
    role = "superadmin" if participant.IsSuperAdmin else "admin" if participant.IsAdmin else "member"
    return {**person(complete, participant.JID, participant.LID, participant.PhoneNumber), "role": role}


def _moment(seconds: float) -> float:
    """Unix seconds; 0 for Go's zero time, which lies before all."""
    return max(0.0, float(seconds))

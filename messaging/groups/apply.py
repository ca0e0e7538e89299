"""What the engine tells of groups, stored and published.

An event is published when it changes a row, and only then: a report that the spool repeats, or that an answer of our
own has overtaken, changes nothing and is silent. So a group that is read anew also publishes what happened meanwhile.
"""

import uuid
from datetime import datetime
from typing import Any

from django.db import DatabaseError, IntegrityError
from django.utils import timezone

from messaging.ignoring import ignored_kinds
from messaging.models import Chat, ChatKind, Group
from sessions_app.engine.base import GroupChanged, GroupJoined
from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.formats import from_unix
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

from .members import Changes, members_change, members_replace
from .payloads import change_payload, group_payload
from .people import Someone, account

Data = dict[str, Any]
SETTINGS = ("subject", "description", "announce", "locked", "ephemeral")
SUBJECT_LIMIT = 200


@retry_conflicts
def group_learn(session: Session, data: Data, *, by: Someone | None = None, told: bool = True, how: str = "") -> Group:
    """Take a group as the engine tells it whole. Not `told`: groups met for the first time are no news."""
    now = timezone.now()
    with atomic():
        group, is_new = _row(session, data["jid"])
        was_in, first = group.member and not is_new, group.refreshed_at is None
        news = {} if first else _settings_news(group, data)
        _take_whole(group, data, now)
        changes = members_replace(group, data["participants"], account(session), silent=first or not was_in)
        group.member = True
        group.save()
        _show_in_chat(group)
        if not was_in and told:
            payload = change_payload(group, by, now, how=how)
            _publish(session, EventType.GROUP_JOIN, {**payload, "group": group_payload(group)})
        _publish_news(session, group, news, by, now)
        _publish_people(session, group, changes, by, now)
    return group


def joined_store(session: Session, event: GroupJoined) -> None:
    """The account is in a group from now on."""
    if ChatKind.GROUP not in ignored_kinds(session):
        group_learn(session, event.group, how=event.how)


@retry_conflicts
def changed_store(session: Session, event: GroupChanged) -> None:
    """Somebody changed a group."""
    if ChatKind.GROUP in ignored_kinds(session):
        return
    by, at = {"jid": event.sender.jid, "lid": event.sender.lid}, from_unix(event.at)
    with atomic():
        group, _ = _row(session, event.chat.jid)
        news = _settings_news(group, event.changes) | _moments(group, event.changes, at)
        for name in SETTINGS:
            if name in event.changes:
                setattr(group, name, _fitting(name, event.changes[name]))
        was_in = group.member
        people = members_change(group, event.changes, account(session), by=by, how=event.how)
        if event.changes.get("deleted"):
            group.member = False
        group.save()
        _show_in_chat(group)
        _publish_news(session, group, news, by, at)
        _publish_people(session, group, people, by, at)
        if was_in and not group.member:
            reason = "deleted" if event.changes.get("deleted") else _reason(session, by)
            _publish(session, EventType.GROUP_LEAVE, change_payload(group, by, at, reason=reason))


@retry_conflicts
def group_left(session: Session, group: Group, *, reason: str = "left") -> Group:
    """The account is in it no more: it left on our request (the report of it will be no news), or is `gone`."""
    with atomic():
        group, _ = _row(session, group.jid)
        if group.member:
            me, now = account(session), timezone.now()
            by = me if reason == "left" else None
            members_change(group, {"left": [me]}, me, by=me, how="")
            group.member = False
            group.save()
            _publish(session, EventType.GROUP_LEAVE, change_payload(group, by, now, reason=reason))
    return group


# -- parts ----------------------------------------------------------------------------------------------------
def _row(session: Session, jid: str) -> tuple[Group, bool]:
    found = Group.objects.filter(session=session, jid=jid).first()
    if found is not None:
        return found, False
    try:
        return Group.objects.create(session=session, jid=jid[:80]), True
    except IntegrityError as error:
        if not Session.objects.filter(pk=session.pk).exists():
            raise
        # Another transaction made it a moment ago: ours has to begin anew to see it.
        raise DatabaseError("WriteConflict: the group appeared meanwhile") from error


def _take_whole(group: Group, data: Data, now: datetime) -> None:
    for name in SETTINGS:
        setattr(group, name, _fitting(name, data[name]))
    group.owner, group.owner_lid = data["owner"]["jid"][:80], data["owner"]["lid"][:80]
    group.made_at = from_unix(data["created_at"]) if data["created_at"] else None
    group.community, group.parent = data["community"], data["parent"][:80]
    group.refreshed_at = now


def _fitting(name: str, value: Any) -> Any:
    return value[:SUBJECT_LIMIT] if name == "subject" else value


def _settings_news(group: Group, told: Data) -> Data:
    pairs = ((name, _fitting(name, told[name])) for name in SETTINGS if name in told)
    return {name: value for name, value in pairs if getattr(group, name) != value}


def _moments(group: Group, told: Data, at: datetime) -> Data:
    """Pictures and invite links are not kept: a later time than the last is the news."""
    news: Data = {}
    for name in ("picture", "invite"):
        last: datetime | None = getattr(group, f"{name}_at")
        if name in told and (last is None or last < at):
            setattr(group, f"{name}_at", at)
            news[name] = told[name]
    return news


def _reason(session: Session, by: Someone) -> str:
    return "left" if by.get("lid") == session.lid or by.get("jid") == session.jid else "removed"


def _show_in_chat(group: Group) -> None:
    """The chat shows what its group says of itself."""
    told = {"disappearing": group.ephemeral, **({"name": group.subject} if group.subject else {})}
    Chat.objects.filter(session_id=group.session_id, jid=group.jid).exclude(**told).update(**told)


def _publish_news(session: Session, group: Group, news: Data, by: Someone | None, at: datetime) -> None:
    if news:
        _publish(session, EventType.GROUP_UPDATE, change_payload(group, by, at, changes=news))


def _publish_people(session: Session, group: Group, changes: Changes, by: Someone | None, at: datetime) -> None:
    for action, people in changes:
        payload = change_payload(group, by, at, action=action, participants=people)
        _publish(session, EventType.GROUP_PARTICIPANTS, payload)


def _publish(session: Session, event_type: EventType, payload: Data) -> None:
    publish(event_type, workspace_id=session.workspace_id, session_id=session.pk, payload=payload)


def subject_of(session_id: uuid.UUID, jid: str) -> str:
    """The subject of a group as far as it is known."""
    return Group.objects.filter(session_id=session_id, jid=jid).values_list("subject", flat=True).first() or ""

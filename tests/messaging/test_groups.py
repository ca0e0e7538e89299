"""What the engine tells of groups, as rows and events."""

import pytest

from messaging.groups.apply import changed_store, group_learn, group_left, joined_store
from messaging.models import Chat, Group
from sessions_app.engine.base import GroupChanged, GroupJoined, Person
from sessions_app.models import Session
from tests import factories
from whatsapp_api.events.models import Event

JID = "120363000000000001@g.us"
ANN = {"jid": "34600000002@s.whatsapp.net", "lid": "100000000002@lid"}
BEN = {"jid": "34600000003@s.whatsapp.net", "lid": "100000000003@lid"}
ME = {"jid": factories.OWN_JID, "lid": "100000000001@lid"}


def told(*people, **fields):
    """A group as the engine tells it whole; people are (person, role)."""
    return {
        "jid": JID,
        "subject": "Team",
        "description": "",
        "owner": ANN,
        "created_at": 1_700_000_000.0,
        "announce": False,
        "locked": False,
        "ephemeral": 0,
        "community": False,
        "parent": "",
        "participants": [{**person, "role": role} for person, role in people or ((ANN, "superadmin"), (ME, "member"))],
        **fields,
    }


def change(session, by=ANN, at=1_800_000_000.0, how="", **changes):
    sender = Person(**by) if by else Person()
    event = GroupChanged(session=str(session.pk), chat=Person(jid=JID), sender=sender, at=at, how=how, changes=changes)
    changed_store(session, event)


def news(*keys):
    """Types and the named parts of the payloads of all events so far."""
    rows = Event.objects.filter(type__startswith="group.").order_by("sequence")
    return [(row.type.removeprefix("group."), *(row.payload.get(key) for key in keys)) for row in rows]


@pytest.fixture
def group(session):
    return group_learn(session, told(), told=False)


def roles(session):
    return {each["jid"]: each["role"] for each in Group.objects.get(session=session).participants}


def test_joining_is_told_once_however_often_it_is_reported(session):
    event = GroupJoined(session=str(session.pk), chat=Person(jid=JID), group=told(), how="invite")
    joined_store(session, event)
    joined_store(session, event)
    assert news("how") == [("join", "invite")]
    group = Group.objects.get(session=session)
    assert (group.subject, group.member, group.role, len(group.participants)) == ("Team", True, "member", 2)


def test_groups_met_for_the_first_time_are_no_news(session, group):
    assert news() == []


def test_a_setting_is_told_when_it_changes(session, group):
    Chat.objects.create(session=session, jid=JID, kind="group", last_at=group.refreshed_at)
    change(session, subject="Crew")
    change(session, subject="Crew")
    change(session, announce=True, ephemeral=86_400)
    assert news("changes") == [("update", {"subject": "Crew"}), ("update", {"announce": True, "ephemeral": 86_400})]
    assert Chat.objects.get(session=session, jid=JID).name == "Crew"


def test_a_picture_is_told_by_its_time(session, group):
    change(session, picture="set", at=1_800_000_000.0)
    change(session, picture="set", at=1_800_000_000.0)
    change(session, picture="removed", at=1_800_000_001.0)
    assert news("changes") == [("update", {"picture": "set"}), ("update", {"picture": "removed"})]


def test_people_come_change_rank_and_go(session, group):
    change(session, joined=[BEN])
    change(session, promoted=[BEN])
    change(session, demoted=[BEN])
    change(session, left=[BEN])
    change(session, left=[BEN])
    change(session, by=BEN, joined=[BEN], how="invite")
    change(session, by=BEN, left=[BEN])
    actions = [action for _, action in news("action")]
    assert actions == ["added", "promoted", "demoted", "removed", "joined", "left"]
    assert roles(session) == {ANN["jid"]: "superadmin", ME["jid"]: "member"}


def test_the_accounts_own_rank_follows(session, group):
    change(session, promoted=[ME])
    assert Group.objects.get(session=session).role == "admin"


def test_being_removed_is_leaving(session, group):
    change(session, left=[ME])
    change(session, left=[ME])
    assert news("reason") == [("leave", "removed")]
    assert not Group.objects.get(session=session).member


def test_leaving_by_oneself_is_told_once(session, group):
    group_left(session, group)
    change(session, by=ME, left=[ME])
    assert news("reason") == [("leave", "left")]


def test_a_deleted_group_is_left(session, group):
    change(session, deleted=True)
    assert news("reason") == [("leave", "deleted")]


def test_reading_anew_tells_what_happened_meanwhile(session, group):
    group_learn(session, told((ANN, "superadmin"), (ME, "admin"), (BEN, "member"), locked=True), told=False)
    assert news("changes", "action") == [
        ("update", {"locked": True}, None),
        ("participants", None, "added"),
        ("participants", None, "promoted"),
    ]


def test_a_change_of_a_group_nobody_has_read_yet_is_told(session):
    change(session, promoted=[BEN], subject="New")
    assert news("action") == [("update", None), ("participants", "promoted")]
    assert Group.objects.get(session=session).refreshed_at is None


def test_a_person_known_by_lid_only_is_the_same_person(session, group):
    change(session, promoted=[{"jid": "", "lid": ME["lid"]}])
    assert roles(session)[ME["jid"]] == "admin"


def test_ignored_groups_leave_no_trace(session):
    Session.objects.update(ignore_groups=True)  # the owner's row in memory is older
    change(session, subject="x")
    joined_store(session, GroupJoined(session=str(session.pk), chat=Person(jid=JID), group=told()))
    assert (Group.objects.count(), news()) == (0, [])

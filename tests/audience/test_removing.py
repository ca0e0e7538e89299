"""Taking away very much: gone for everybody at once, its rows page by page, whoever dies."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from messaging.audience import removing
from messaging.audience.models import Addressee, ListMember, RecipientList, Removal, RemovalState
from messaging.broadcasts import services
from messaging.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastState
from tests import factories
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.errors import Conflict


@pytest.fixture
def workspace(transactional_db: None) -> Workspace:
    return factories.workspace()


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removing, "PAGE", 2)
    monkeypatch.setattr(services, "REMOVED_AT_ONCE", 2)


@pytest.fixture
def crowd(workspace: Workspace) -> RecipientList:
    rows = Addressee.objects.bulk_create(
        Addressee(workspace=workspace, jid=f"34600000{number:03}@s.whatsapp.net") for number in range(5)
    )
    made = RecipientList.objects.create(workspace=workspace, name="Crowd")
    ListMember.objects.bulk_create(ListMember(list=made, addressee=row) for row in rows[:3])
    return made


def test_a_large_list_goes_in_pages_and_frees_its_name_at_once(crowd: RecipientList) -> None:
    assert removing.list_delete(crowd)
    RecipientList.objects.create(workspace_id=crowd.workspace_id, name="Crowd")
    assert removing.lists_waiting() == [crowd.pk]
    removing.list_finish(crowd.pk)
    assert not ListMember.objects.exists() and not RecipientList.objects.filter(pk=crowd.pk).exists()
    assert Addressee.objects.count() == 5


@pytest.mark.parametrize(("which", "left"), [("list", 2), ("everybody", 0)])
def test_many_contacts_go(crowd: RecipientList, which: str, left: int) -> None:
    row = removing.removal_create(crowd.workspace_id, {which: str(crowd.pk) if which == "list" else True})
    assert removing.removals_waiting() == [row.pk]
    removing.removal_run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.removed, row.total) == (RemovalState.FINISHED, 5 - left, 5 - left)
    assert Addressee.objects.count() == left
    assert not removing.removals_waiting()


def test_whoever_comes_after_the_removal_stays(crowd: RecipientList) -> None:
    row = removing.removal_create(crowd.workspace_id, {"everybody": True})
    late = Addressee.objects.create(workspace_id=crowd.workspace_id, jid="34611@s.whatsapp.net")
    # MongoDB keeps milliseconds, and both may happen within one.
    Addressee.objects.filter(pk=late.pk).update(created_at=row.created_at + timedelta(milliseconds=1))
    removing.removal_run(row.pk)
    assert Addressee.objects.count() == 1


def test_a_removal_that_somebody_works_on_is_left_alone(crowd: RecipientList) -> None:
    row = removing.removal_create(crowd.workspace_id, {"everybody": True})
    Removal.objects.update(alive_at=timezone.now())
    removing.removal_run(row.pk)
    assert Addressee.objects.count() == 5


def test_a_large_broadcast_goes_in_pages(workspace: Workspace) -> None:
    broadcast = Broadcast.objects.create(workspace=workspace, name="Old", state=BroadcastState.FINISHED)
    BroadcastRecipient.objects.bulk_create(
        BroadcastRecipient(broadcast=broadcast, jid=f"{number}@g.us", due_at=timezone.now()) for number in range(5)
    )
    assert services.broadcast_delete(broadcast)
    services.deleted_finish()
    assert not BroadcastRecipient.objects.exists() and not Broadcast.objects.exists()


def test_an_active_broadcast_stays(workspace: Workspace) -> None:
    broadcast = Broadcast.objects.create(workspace=workspace, name="On", state=BroadcastState.RUNNING)
    with pytest.raises(Conflict):
        services.broadcast_delete(broadcast)
    assert Broadcast.objects.filter(pk=broadcast.pk, deleted_at=None).exists()


def test_a_segment_that_is_gone_takes_nobody_along(crowd: RecipientList) -> None:
    row = removing.removal_create(crowd.workspace_id, {"segment": str(uuid.uuid4())})
    removing.removal_run(row.pk)
    assert Addressee.objects.count() == 5

"""A workspace goes with everything in it, nothing of others does, and the audit trail knows that it was there."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client as Browser

from messaging.media.services import media_create
from messaging.media.storage import Draft, media_storage
from messaging.models import Media, Message
from sessions_app.models import Session
from sessions_app.worker import stores
from tests import factories
from tests.security.rows import World, workspace_models
from whatsapp_api.accounts.audit.models import INSTALLATION, AuditEntry
from whatsapp_api.accounts.models import ApiKey, Membership, Role, User, Workspace
from whatsapp_api.accounts.removal import services
from whatsapp_api.core import purge
from whatsapp_api.events.models import EventCounter


def address(workspace: Workspace, confirm: str = "") -> str:
    return f"/api/v1/workspaces/{workspace.pk}" + (f"?confirm={confirm}" if confirm else "")


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture
def full(elsewhere: Workspace) -> World:
    """A workspace with a row of every model, and a second owner."""
    factories.user("second", workspace=elsewhere, role=Role.OWNER)
    world = World(elsewhere, factories.connected_session(elsewhere), factories.user("bob", workspace=elsewhere), "x")
    Membership.objects.filter(user=world.user).update(role=Role.OWNER)
    for model in workspace_models():
        world.row(model)
    return world


def test_it_takes_an_owner_and_the_name(people: dict[str, User], workspace: Workspace) -> None:
    admin, owner = factories.client(people["admin"]), factories.client(people["owner"])
    assert code(admin.delete(address(workspace, workspace.name))) == (403, "owner_needed")
    assert code(owner.delete(address(workspace))) == (400, "confirmation_needed")
    assert code(owner.delete(address(workspace, "other"))) == (400, "confirmation_needed")
    assert code(factories.client(factories.user("eve")).delete(address(workspace, workspace.name)))[0] in {403, 404}
    assert Workspace.objects.get(pk=workspace.pk).removal_at is None


def test_nobody_does_anything_in_it_from_then_on(
    people: dict[str, User], workspace: Workspace, session: Session
) -> None:
    key = ApiKey.objects.create(workspace=workspace, created_by=people["owner"], name="CRM", prefix="p", digest="d")
    owner = factories.client(people["owner"])
    answer = owner.delete(address(workspace, workspace.name))
    assert answer.status_code == 202, answer.json()
    assert answer.json()["removal"] == {"since": answer.json()["removal"]["since"], "removing": "", "left": None}
    key.refresh_from_db()
    assert key.revoked_at
    assert list(Membership.objects.values_list("user", "role")) == [(people["owner"].pk, Role.VIEWER)]
    assert code(owner.post(f"/api/v1/sessions/{session.pk}/stop")) == (403, "role_too_low")
    assert factories.client(people["admin"]).get(address(workspace)).status_code in {403, 404}
    assert owner.get(address(workspace)).json()["removal"]["since"]
    assert code(owner.delete(address(workspace, workspace.name))) == (403, "role_too_low")
    root = factories.client(factories.superuser())
    assert root.delete(address(workspace, workspace.name)).json()["removal"] == answer.json()["removal"]


@pytest.mark.django_db(transaction=True)  # only then is there a commit to be after
def test_who_asked_is_answered_though_the_worker_was_quicker(
    people: dict[str, User], workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "_start", services.removal_work)
    answer = factories.client(people["owner"]).delete(address(workspace, workspace.name))
    assert (answer.status_code, answer.json().get("name")) == (202, workspace.name), answer.json()
    assert not Workspace.objects.filter(pk=workspace.pk).exists()
    deeds = AuditEntry.objects.filter(target=f"workspace:{workspace.pk}").values_list("action", "outcome")
    assert ("DELETE workspace", "ok") in list(deeds)


def test_everything_in_it_goes_and_nothing_else(
    full: World, workspace: Workspace, people: dict[str, User], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "PAGE", 2)  # several pages of messages
    ours = World(workspace, session, people["owner"], "ours")
    for model in workspace_models():
        ours.row(model)
    kept = ours.fingerprint()
    for number in range(5):
        factories.message(full.session, text=f"message {number}")
    name = stored_file(full.workspace)
    root = factories.superuser()

    assert factories.client(root).delete(address(full.workspace, full.workspace.name)).status_code == 202
    assert services.removal_work(full.workspace.pk) is False  # the session's worker has to unlink it first
    shown = factories.client(root).get(address(full.workspace)).json()["removal"]
    assert (shown["removing"], shown["left"]) == ("sessions", 1)
    owner_unlinks_and_deletes(full.session)
    assert services.removals_sweep() == 1

    assert factories.client(root).get(address(full.workspace)).status_code == 404
    assert not Workspace.objects.filter(pk=full.workspace.pk).exists()
    rows = {model: full.row(model).pk for model in workspace_models()}
    left = [model._meta.label for model, pk in rows.items() if model._default_manager.filter(pk=pk).exists()]
    assert not left
    assert not EventCounter.objects.filter(pk=full.workspace.pk).exists()
    assert not Message.objects.filter(workspace_id=full.workspace.pk).exists()
    assert not media_storage().exists(name)
    assert ours.fingerprint() == kept
    entry = AuditEntry.objects.get(chain=INSTALLATION, action="workspace.removed")
    assert (entry.target, entry.before) == (f"workspace:{full.workspace.pk}", {"name": "Elsewhere"})
    assert AuditEntry.objects.filter(chain=full.workspace.pk).exists()


def test_whoever_dies_at_it_another_goes_on(full: World) -> None:
    Workspace.objects.filter(pk=full.workspace.pk).update(removal_at=full.workspace.created_at)
    stores.row_delete(full.session.pk, full.session.epoch)
    assert services._claim(full.workspace.pk)  # and dies
    assert services.removals_sweep() == 0
    long_ago = full.workspace.created_at - 2 * services.DEAD_AFTER
    Workspace.objects.filter(pk=full.workspace.pk).update(removal_alive_at=long_ago)
    assert services.removals_sweep() == 1


def test_the_dashboard_asks_for_the_name(elsewhere: Workspace) -> None:
    browser = Browser()
    browser.force_login(factories.superuser())
    page = f"/admin/accounts/workspace/{elsewhere.pk}/delete/"
    assert "cannot be undone" in browser.get(page).content.decode()
    refused = browser.post(page, {"confirm": "something else", "post": "yes"})
    assert refused.status_code == 400
    assert Workspace.objects.get(pk=elsewhere.pk).removal_at is None
    assert browser.post(page, {"confirm": elsewhere.name}).status_code == 302
    assert Workspace.objects.get(pk=elsewhere.pk).removal_at
    assert "about to be removed" in browser.get("/admin/accounts/workspace/").content.decode()
    assert "on its way out" in browser.get(page).content.decode()


def owner_unlinks_and_deletes(session: Session) -> None:
    """What a sessions worker does (tests/e2e/test_workspace_removal.py has a real one)."""
    session.refresh_from_db()
    assert session.logout_requested
    Session.objects.filter(pk=session.pk).update(jid="", logout_requested=False)
    assert services.removals_sweep() == 0
    session.refresh_from_db()
    assert session.deleted_at
    stores.row_delete(session.pk, session.epoch)


def stored_file(workspace: Workspace) -> str:
    with Draft(limit=1000) as draft:
        draft.write(BytesIO(b"hello").read())
        media = media_create(workspace_id=workspace.pk, draft=draft)
    assert media_storage().exists(Media.objects.get(pk=media.pk).file)
    return str(media.file)

"""Which sessions are stopped or removed because nobody uses them."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from sessions_app import services
from sessions_app.cleanup import sessions as cleaning
from sessions_app.cleanup.limits import Limits, limits
from sessions_app.models import Desired, Session
from sessions_app.tasks import cleanup
from tests import factories
from whatsapp_api.accounts.models import Workspace

NOW = timezone.now()
OLD, NEW = NOW - timedelta(days=10), NOW - timedelta(hours=1)
WEEK = timedelta(days=7)
ALL = Limits(unpaired=WEEK, logged_out=WEEK, idle=WEEK, remove=True)


def aged(session: Session, **moments: Any) -> Session:
    Session.objects.filter(pk=session.pk).update(**{"created_at": OLD, **moments})
    session.refresh_from_db()
    return session


@pytest.fixture
def unpaired(workspace: Workspace) -> Session:
    return aged(factories.session(workspace, "Unpaired", state="STOPPED", reason="qr_expired", state_at=OLD))


@pytest.fixture
def logged_out(workspace: Workspace) -> Session:
    return aged(factories.session(workspace, "Logged out", state="LOGGED_OUT", state_at=OLD, desired="started"))


@pytest.fixture
def idle(workspace: Workspace) -> Session:
    return aged(factories.connected_session(workspace, "Idle", paired_at=OLD, last_inbound_at=OLD))


def found(chosen: Limits) -> dict[str, str]:
    return {old.session.name: str(old.step) for old in cleaning.sessions_old(chosen)}


def test_it_finds_each_kind(unpaired: Session, logged_out: Session, idle: Session, workspace: Workspace) -> None:
    factories.session(workspace, "New")
    factories.connected_session(workspace, "Busy")

    assert found(ALL) == {"Unpaired": "remove", "Logged out": "remove", "Idle": "remove"}
    assert found(Limits(unpaired=WEEK, remove=True)) == {"Unpaired": "remove"}
    assert found(Limits(logged_out=WEEK, remove=True)) == {"Logged out": "remove"}
    assert found(Limits(idle=WEEK, remove=True)) == {"Idle": "remove"}
    assert found(Limits(remove=True)) == {}


def test_without_removal_only_what_runs_is_stopped(unpaired: Session, logged_out: Session, idle: Session) -> None:
    stops = Limits(unpaired=WEEK, logged_out=WEEK, idle=WEEK)

    assert found(stops) == {"Idle": "stop"}
    assert [old.session.name for old in cleaning.sessions_clean(stops)] == ["Idle"]
    idle.refresh_from_db()
    assert (idle.desired, idle.deleted_at) == (Desired.STOPPED, None)
    assert found(stops) == {}


@pytest.mark.parametrize(
    "moments", [{"created_at": NEW}, {"paired_at": NEW}, {"last_inbound_at": NEW}], ids=lambda each: next(iter(each))
)
def test_an_account_in_use_is_not_idle(idle: Session, moments: dict[str, Any]) -> None:
    aged(idle, **moments)
    assert found(ALL) == {}


def test_an_account_that_only_sends_is_not_idle(idle: Session) -> None:
    factories.message(idle, direction="out", state="sent")
    assert found(ALL) == {}


def test_who_was_linked_once_and_has_messages_counts_as_logged_out(unpaired: Session) -> None:
    factories.message(unpaired)
    assert found(Limits(unpaired=WEEK, remove=True)) == {}
    assert found(Limits(logged_out=WEEK, remove=True)) == {"Unpaired": "remove"}


def test_somebody_who_pairs_right_now_is_left_alone(unpaired: Session) -> None:
    aged(unpaired, state="SCAN_QR", state_at=NEW, desired="started")
    assert found(ALL) == {}


def test_a_start_meanwhile_wins(unpaired: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    olds = list(cleaning.sessions_old(ALL))
    monkeypatch.setattr(cleaning, "sessions_old", lambda limits: olds)
    services.session_start(session=Session.objects.get(pk=unpaired.pk))

    assert cleaning.sessions_clean(ALL) == []
    unpaired.refresh_from_db()
    assert (unpaired.desired, unpaired.deleted_at) == (Desired.STARTED, None)


def test_removed_sessions_are_gone_for_every_reader(unpaired: Session) -> None:
    assert len(cleaning.sessions_clean(ALL)) == 1
    assert Session.objects.filter(deleted_at=None).count() == 0
    assert found(ALL) == {}


def test_nothing_is_removed_unless_somebody_configured_it(unpaired: Session, logged_out: Session) -> None:
    configured = limits()
    assert (configured.unpaired, configured.logged_out) == (timedelta(hours=72), timedelta(days=30))
    assert (configured.idle, configured.remove) == (None, False)
    assert cleanup() == 0
    assert Session.objects.filter(deleted_at=None).count() == 2


def test_the_task_does_as_configured(unpaired: Session, settings: Any) -> None:
    settings.CLEANUP_REMOVE = True
    assert cleanup() == 1


def shown(*arguments: str) -> str:
    out = io.StringIO()
    call_command("sessions_cleanup", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_a_dry_run_says_what_would_go_and_changes_nothing(unpaired: Session) -> None:
    text = shown("--dry-run", "--remove")
    assert text.splitlines()[0] == "Would do:"
    assert f"remove session {unpaired.pk} (Unpaired): never linked to an account" in text
    [entry] = json.loads(shown("--dry-run", "--remove", "--json"))["sessions"]
    assert (entry["session"], entry["why"], entry["step"]) == (str(unpaired.pk), "unpaired", "remove")
    unpaired.refresh_from_db()
    assert unpaired.deleted_at is None


def test_the_command_does_it(unpaired: Session) -> None:
    assert shown("--remove").startswith("Done:\n  remove session")
    assert shown("--remove") == "There is nothing to clean up.\n"

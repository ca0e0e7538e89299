"""Start, stop, restart, log out: what is asked of the owner, and that repeating it asks nothing new."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from sessions_app import commands, services
from sessions_app.engine.states import FINAL_STATES, State
from sessions_app.models import Desired, Session
from tests import factories
from whatsapp_api.accounts.models import Workspace


def ask(api: APIClient, session: Session, action: str, body: dict[str, Any] | None = None) -> Any:
    answer = api.post(f"/api/v1/sessions/{session.id}/{action}", body or {}, format="json")
    session.refresh_from_db()
    return answer


def test_start_asks_the_owner_once(api: APIClient, workspace: Workspace) -> None:
    session = factories.session(workspace)

    first = ask(api, session, "start")
    again = ask(api, session, "start")

    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["desired"] == again.json()["desired"] == "started"
    assert session.generation == 1


@pytest.mark.parametrize("state", sorted(FINAL_STATES))
def test_start_is_allowed_in_every_state_of_rest(api: APIClient, workspace: Workspace, state: State) -> None:
    session = factories.connected_session(workspace, state=state.value)

    assert ask(api, session, "start").status_code == 202
    assert (session.generation, session.desired) == (2, Desired.STARTED)


@pytest.mark.parametrize("state", sorted(set(State) - FINAL_STATES))
def test_start_changes_nothing_while_a_session_is_alive(api: APIClient, workspace: Workspace, state: State) -> None:
    session = factories.connected_session(workspace, state=state.value)

    assert ask(api, session, "start").status_code == 200
    assert session.generation == 1


def test_start_switches_from_qr_to_pairing_code(api: APIClient, workspace: Workspace) -> None:
    session = factories.session(
        workspace, desired=Desired.STARTED, generation=1, state_generation=1, state=State.SCAN_QR
    )

    assert ask(api, session, "start", {"method": "code", "phone": "+34 600 111 222"}).status_code == 202
    assert (session.generation, session.pairing_method, session.pairing_phone) == (2, "code", "34600111222")
    assert ask(api, session, "start", {"method": "code", "phone": "34600111222"}).status_code == 200
    assert ask(api, session, "start", {"method": "code", "phone": "+34600111223"}).status_code == 202


def test_a_pairing_code_needs_a_phone(api: APIClient, workspace: Workspace) -> None:
    session = factories.session(workspace)

    answer = ask(api, session, "start", {"method": "code"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "phone_required")
    assert session.generation == 0


@pytest.mark.parametrize(
    "phone", ["", "nonsense", "600111222 333 444 555 666", "+1", "+999123", "٣٤٦٠٠١١١٢٢٢", 34600111222.5, [], {}]
)
def test_start_refuses_what_is_no_phone(api: APIClient, workspace: Workspace, phone: object) -> None:
    answer = ask(api, factories.session(workspace), "start", {"method": "code", "phone": phone})

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == ["phone"]


def test_stop_keeps_the_account_and_repeats_quietly(api: APIClient, connected: Session) -> None:
    assert ask(api, connected, "stop").status_code == 202
    assert (connected.desired, connected.is_paired, connected.logout_requested) == (Desired.STOPPED, True, False)
    assert ask(api, connected, "stop").status_code == 200


def test_restart_starts_afresh_every_time(api: APIClient, connected: Session) -> None:
    assert [ask(api, connected, "restart").status_code for _ in range(2)] == [202, 202]
    assert (connected.generation, connected.desired) == (3, Desired.STARTED)


def test_logout_asks_once(api: APIClient, connected: Session) -> None:
    assert [ask(api, connected, "logout").status_code for _ in range(2)] == [202, 200]
    assert (connected.logout_requested, connected.desired) == (True, Desired.STOPPED)


def test_logout_needs_an_account(api: APIClient, workspace: Workspace) -> None:
    answer = ask(api, factories.session(workspace), "logout")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_paired")


def test_what_the_owner_writes_meanwhile_is_kept(connected: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = Session.objects.get(pk=connected.pk)
    Session.objects.filter(pk=connected.pk).update(state=State.RECONNECTING, epoch=7, owner="node", push_name="Ann")

    services.session_stop(session=stale)
    services.session_update(session=stale, name="Sales")

    row = Session.objects.get(pk=connected.pk)
    assert (row.state, row.epoch, row.owner, row.push_name) == (State.RECONNECTING, 7, "node", "Ann")
    assert (row.desired, row.name) == (Desired.STOPPED, "Sales")


@pytest.mark.django_db(transaction=True)
def test_many_starts_at_once_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[object] = []
    monkeypatch.setattr(commands, "wake", woken.append)
    session = factories.session(factories.workspace())

    def start(_: int) -> bool:
        try:
            return services.session_start(session=Session.objects.get(pk=session.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        changed = list(pool.map(start, range(8)))

    session.refresh_from_db()
    assert (changed.count(True), session.generation) == (1, 1)
    assert woken == [session.pk]

"""What `sessions_debug` says when there is no worker, when it hangs, and when all is well."""

import io
import json
import time
from typing import Any

import pytest
import redis
from django.core.management import CommandError, call_command
from django.test import Client

from messaging.models import MessageState
from sessions_app import debug, live_status
from sessions_app.cluster.models import Node
from sessions_app.engine.base import StateChanged
from sessions_app.engine.states import Reason, State
from sessions_app.inbound import state_store
from sessions_app.live_status import HostStatus, LiveStatus, WorkerStatus, status_clear, status_write
from sessions_app.models import Session
from sessions_app.payloads import session_payload
from sessions_app.proxies import proxy_fields, proxy_read
from tests import factories
from tests.dashboard import addresses
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written once here must not end before a test that is held up reads it."""
    monkeypatch.setattr(live_status, "KEPT", 3600)


@pytest.fixture
def session(workspace: Workspace) -> Session:
    return factories.connected_session(workspace, owner="node-1", epoch=3)


def told(session: Session, **changes: Any) -> WorkerStatus:
    live = LiveStatus(
        state="CONNECTED", seconds=5, failures=0, sending=False, waits_to_send=False, heard_at=1e9, silences=1
    )
    host = HostStatus(
        pid=4242, provider="sandbox", alone=False, age=9, rss=70_000_000, fds=31, threads=20, sessions=[str(session.pk)]
    )
    defaults = {
        "node": "node-1",
        "at": time.time(),
        "pid": 4000,
        "rss": 120_000_000,
        "fds": 50,
        "hosts": [host],
        "sessions": {str(session.pk): live},
    }
    return WorkerStatus(**{**defaults, **changes})


def publish_status(session: Session) -> None:
    for _ in range(2):
        payload = session_payload(session)
        publish(EventType.SESSION_STATUS, workspace_id=session.workspace_id, session_id=session.pk, payload=payload)


def shown(*arguments: str) -> str:
    out = io.StringIO()
    call_command("sessions_debug", *arguments, stdout=out)
    return out.getvalue()


def test_it_tells_all_about_a_session_that_runs(session: Session) -> None:
    status_write(told(session))
    Node.objects.create(name="node-1", host="machine", beats=7)
    for waiting in (MessageState.QUEUED, MessageState.QUEUED, MessageState.SENDING, MessageState.UNCONFIRMED):
        factories.message(session, direction="out", state=waiting)
    publish_status(session)  # linked meanwhile: news, but no new state
    for state, reason in [(State.RECONNECTING, Reason.CONNECTION_LOST), (State.CONNECTED, Reason.CONNECTED)]:
        state_store(session, StateChanged(session=str(session.pk), state=state, reason=reason), generation=1)

    found = json.loads(shown(str(session.pk), "--json"))

    assert (found["owner"], found["epoch"], found["lease"]["machine"], found["note"]) == ("node-1", 3, "machine", "")
    assert (found["host"]["pid"], found["host"]["rss"], found["host"]["fds"]) == (4242, 70_000_000, 31)
    assert found["host"]["sessions"] == 1
    assert found["worker"]["pid"] == 4000
    assert (found["live"]["state"], found["live"]["silences"]) == ("CONNECTED", 1)
    assert (found["live"]["heard_at"], found["live"]["answered_at"]) == ("2001-09-09T01:46:40.000Z", None)
    assert found["queue"] == {"queued": 2, "sending": 1, "unconfirmed": 1}
    assert [entry["state"] for entry in found["history"]] == ["CONNECTED", "RECONNECTING", "CONNECTED"]
    assert [entry["reason"] for entry in found["errors"]] == ["connection_lost"]
    text = shown(str(session.pk))
    assert "owner: node-1" in text
    assert "    pid: 4242" in text
    assert "RECONNECTING  connection_lost" in text


def test_it_lists_all_sessions(session: Session, workspace: Workspace) -> None:
    status_write(told(session))
    factories.session(workspace, "Idle")

    head, idle, running = shown().splitlines()
    assert head.split()[:2] == ["session", "name"]
    assert running.split()[:6] == [str(session.pk), "Support", "CONNECTED", "4242", "70", "31"]
    assert idle.endswith("No worker carries it.")
    assert [row["name"] for row in json.loads(shown("--json"))] == ["Idle", "Support"]


def test_it_says_that_nothing_is_running(session: Session) -> None:
    assert "note: No sessions worker runs." in shown(str(session.pk))


def test_it_says_that_its_worker_is_silent(session: Session) -> None:
    status_write(told(session, node="node-2"))
    assert "Its worker has said nothing for 12 seconds" in shown(str(session.pk))


def test_it_says_that_nobody_took_it(workspace: Workspace, session: Session) -> None:
    status_write(told(session))
    waiting = factories.session(workspace, state=State.STARTING.value)
    assert "No worker has taken it yet." in shown(str(waiting.pk))


def test_it_says_that_it_has_no_host(session: Session) -> None:
    status_write(told(session, hosts=[]))
    assert "Its worker has no host for it at the moment." in shown(str(session.pk))


def test_it_works_without_redis(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise redis.ConnectionError

    monkeypatch.setattr(debug, "statuses_read", away)
    assert "note: Redis cannot be reached" in shown(str(session.pk))


def test_there_may_be_no_sessions(workspace: Workspace) -> None:
    assert shown() == "There are no sessions.\n"


@pytest.mark.parametrize("wanted", ["nonsense", "019ab3c0-0000-7000-8000-000000000001"])
def test_it_refuses_what_is_not_there(workspace: Workspace, wanted: str) -> None:
    with pytest.raises(CommandError, match="There is no session"):
        shown(wanted)


def test_it_shows_no_secrets(session: Session) -> None:
    fields = proxy_fields(session, proxy_read("http://ana:hunter2@10.0.0.1:3128"))
    Session.objects.filter(pk=session.pk).update(**fields)
    for text in (shown(str(session.pk)), shown(str(session.pk), "--json")):
        assert "10.0.0.1" in text
        assert "hunter2" not in text
        assert fields["proxy_credentials"] not in text


def test_a_status_ends_with_its_worker(session: Session) -> None:
    status_write(told(session))
    assert list(live_status.statuses_read()) == ["node-1"]
    status_clear("node-1")
    assert live_status.statuses_read() == {}


def test_the_page_shows_it_to_superusers_only(session: Session) -> None:
    status_write(told(session))
    root, somebody = Client(), Client()
    root.force_login(factories.superuser())
    operator = factories.user("alice", workspace=session.workspace)
    operator.is_staff = True
    operator.save()
    somebody.force_login(operator)

    html = root.get(addresses.session_page(session)).content.decode()
    assert 'data-testid="engine"' in html
    assert "4242: " in html
    assert 'data-testid="engine"' not in somebody.get(addresses.session_page(session)).content.decode()

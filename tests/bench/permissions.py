"""What roles, limits and the audit trail add to a send: the same requests with and without them, in turns.

`make bench-permissions`. In one process, without a web server, so that nothing else is measured.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.permissions import IsAuthenticated

from messaging.api.views import MessageList
from tests import factories
from whatsapp_api.accounts.api.permissions import ScopePermission
from whatsapp_api.accounts.limits.requests import RateLimits
from whatsapp_api.accounts.models import Role

ROUNDS = 300


@pytest.mark.django_db(transaction=True)
def test_permissions_cost(monkeypatch: pytest.MonkeyPatch, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = factories.workspace()
    session = factories.connected_session(workspace)
    client = factories.client(factories.user("alice", workspace=workspace, role=Role.OPERATOR))
    path, body = f"/api/v1/sessions/{session.id}/messages", {"to": "+34600111222", "text": "Hello"}

    def send() -> float:
        began = time.perf_counter()
        answer = client.post(path, body, format="json")
        assert answer.status_code == 202, answer.content
        return (time.perf_counter() - began) * 1000

    with_checks, without = in_turns(send, lambda on: switch(monkeypatch, on))
    added = statistics.median(with_checks) - statistics.median(without)
    with capsys.disabled():
        middle = f"{statistics.median(with_checks):.2f} ms with permission check and rate limits"
        print(f"\n{database}: a send p50 {middle}, {statistics.median(without):.2f} ms without: +{added:.2f} ms")
    assert added < 5


def in_turns(measure: Callable[[], float], switch_to: Callable[[bool], Any]) -> tuple[list[float], list[float]]:
    """Ten and ten, so that whatever else the machine does meets both alike."""
    found: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(ROUNDS // 10 * 2):
        switch_to(bool(turn % 2))
        found[bool(turn % 2)] += [measure() for _ in range(10)]
    return found[True][20:], found[False][20:]


def switch(monkeypatch: pytest.MonkeyPatch, on: bool) -> None:
    monkeypatch.setattr(MessageList, "permission_classes", [ScopePermission] if on else [IsAuthenticated])
    monkeypatch.setattr(MessageList, "throttle_classes", [RateLimits] if on else [])

"""One stanza that goes wrong does not stop the others."""

import pytest

from sessions_app.sandbox.phones import content
from sessions_app.sandbox.phones.results import Outgoing
from sessions_app.sandbox.server.faults import Faults
from sessions_app.sandbox.server.router import Router
from sessions_app.sandbox.server.stats import Stats
from sessions_app.sandbox.server.storage import Storage
from sessions_app.sandbox.server.world import World
from sessions_app.sandbox.wire.node import Node


@pytest.fixture
def world() -> World:
    return World(Storage(None))


@pytest.fixture
def router(world) -> Router:
    return Router(world, Stats(), Faults())


def test_a_phone_that_fails_does_not_stop_the_others(world, router, monkeypatch):
    alice, carl = world.create("62811000001", "Alice"), world.create("62811000002", "Carl")
    sent = alice.phone.send(carl.lid, content.text("hello"))
    monkeypatch.setattr(alice.phone, "receive", lambda _stanza: 1 / 0)
    router.deliver([Outgoing(alice.lid, Node("message", {"id": "1"})), *sent.outgoing])
    assert [entry.data["text"] for entry in carl.inbox.entries] == ["hello"]


def test_nobody_gets_what_is_for_nobody(world, router):
    alice = world.create("62811000001", "Alice")
    router.deliver([Outgoing(alice.lid.with_device(9), Node("message", {"id": "1"}))])
    assert len(alice.mail) == 0

"""Owners that take, write and let go in any order, on the real database: what a stale one writes changes nothing."""

import uuid

from hypothesis import given, settings, strategies
from hypothesis.extra.django import TestCase

from sessions_app import ownership
from sessions_app.models import Session
from tests import factories

NODES = ("a", "b", "c")
steps = strategies.lists(
    strategies.tuples(strategies.sampled_from(NODES), strategies.sampled_from(["read", "take", "write", "release"])),
    max_size=25,
)


class Model:
    """What the row must be, and what each node believes."""

    def __init__(self, session: Session) -> None:
        self.owner, self.epoch, self.name = "", 0, ""
        self.seen: dict[str, Session] = {}
        self.held: dict[str, int] = {}
        self.pk: uuid.UUID = session.pk

    def read(self, node: str) -> None:
        self.seen[node] = Session.objects.get(pk=self.pk)

    def take(self, node: str) -> None:
        if (row := self.seen.get(node)) is None:
            return
        fresh = (row.owner, row.epoch) == (self.owner, self.epoch)
        assert ownership.take(row, node=node) == fresh
        if fresh:
            self.owner, self.epoch = node, self.epoch + 1
            self.held[node] = self.epoch

    def write(self, node: str) -> None:
        if (epoch := self.held.get(node)) is None:
            return
        valid = epoch == self.epoch
        assert ownership.session_update(self.pk, epoch, push_name=node) == valid
        self.name = node if valid else self.name

    def release(self, node: str) -> None:
        if (epoch := self.held.pop(node, None)) is None:
            return
        assert ownership.release(self.pk, epoch) == (epoch == self.epoch)
        self.owner = "" if epoch == self.epoch else self.owner


class TestEpochs(TestCase):
    @settings(max_examples=40, derandomize=True)
    @given(steps=steps)
    def test_a_stale_owner_changes_nothing(self, steps: list[tuple[str, str]]) -> None:
        model = Model(factories.session(factories.workspace()))
        for node, step in steps:
            getattr(model, step)(node)
            row = Session.objects.get(pk=model.pk)
            assert (row.owner, row.epoch, row.push_name) == (model.owner, model.epoch, model.name)

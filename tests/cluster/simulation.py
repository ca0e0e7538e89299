"""A random life of a cluster, made of small steps. What is not stepped on is paused, or on its way."""

import random
from collections import Counter
from collections.abc import Callable
from functools import partial

from sessions_app.cluster.lease import Witness
from tests.cluster.tasks import Lost, Task
from tests.cluster.world import MARGIN, TTL, Database, Model, Redis, Remote

NODES = 3
OFFSETS = (0.0, 30.0, -500.0)
RATES = (0.96, 1.0, 1.04)


class Simulation:
    """`step` does one random thing and fails when two nodes would touch the session at one moment."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = 1_000.0
        self.database, self.redis = Database(), Redis()
        self.nodes: list[Model] = []
        self.tasks: list[Task] = []
        self.seen = Counter[str]()
        self._actions = {
            self.beats: 30,
            self.messages: 40,
            self.burials: 8,
            self.takes: 10,
            self.writes: 10,
            self.time: 4,
            self.owner_is_cut_off: 6,
            self.join: 10,
            self.leave: 1,
            self.redis_restarts: 1,
        }
        for _ in range(NODES):
            self.join()

    @property
    def living(self) -> list[Model]:
        """Those that do not know yet that they are over."""
        return [node for node in self.nodes if not node.lease.over]

    def step(self) -> None:
        action = self.random.choices(list(self._actions), weights=list(self._actions.values()))[0]
        action()
        self.check()

    def check(self) -> None:
        """At this moment, who would touch the session?"""
        acting = [node.name for node in self.nodes if node.acts]
        assert len(acting) <= 1, acting

    # -- what can happen ----------------------------------------------------------------------------
    def join(self) -> None:
        if len(self.living) >= NODES:
            return
        base, offset, rate = self.now, self.random.choice(OFFSETS), self.random.choice(RATES)
        name = f"node-{len(self.nodes) + 1}"
        clock = partial(self._clock, base, offset, rate)
        node = Model(name, Remote(self.database), Remote(self.redis), clock=clock)
        self.nodes.append(node)
        self._launch(node.join)

    def beats(self) -> None:
        """One node's, or everybody's."""
        for node in self._some(self.living):
            for witness in self._some(list(Witness)):
                self._launch(partial(node.beat, witness))

    def burials(self) -> None:
        for node in self._some(self.living):
            self._launch(node.bury)

    def takes(self) -> None:
        for node in self._some(self.living):
            self._launch(partial(self._take, node))

    def writes(self) -> None:
        for node in self._some([node for node in self.nodes if node.epoch]):
            self._launch(partial(self._write, node))

    def leave(self) -> None:
        if self.living:
            self._launch(self.random.choice(self.living).leave)

    def time(self) -> None:
        self._wait(self.random.choice([0.1, 0.1, 0.1, 1.0, 1.0, TTL / 4, TTL - MARGIN, TTL]))

    def owner_is_cut_off(self) -> None:
        """It reaches a single witness, or none; the others are well, by and large, and do what they may."""
        chance, living = self.random.random, self.living
        for node in living:
            self._through(partial(self._take, node))
        living.sort(key=lambda node: not node.acts)
        hears = self.random.choice([None, None, *Witness])
        if chance() < 0.7:
            self._all_beat(living)
        for _ in range(self.random.randint(4, 8)):
            if chance() < 0.3 and living:
                self._half_way(partial(living[0].beat, self.random.choice(list(Witness))))
            if chance() < 0.5:
                self.random.choice([self.messages, self.messages, self.redis_restarts, self.time])()
            self._wait(TTL / 4)
            self._all_beat(living, deaf=hears if chance() < 0.9 else None)
            self.others_act(living[1:])

    def _all_beat(self, nodes: list[Model], *, deaf: Witness | str | None = "") -> None:
        """`deaf`: the only witness that the first one reaches."""
        for number, node in enumerate(nodes):
            for witness in Witness:
                if (number and self.random.random() < 0.9) or deaf in ("", witness):
                    self._through(partial(node.beat, witness))

    def others_act(self, others: list[Model]) -> None:
        """They bury and take as soon as they may; what else is under way arrives anywhere between."""
        for work in [work for node in others for work in (node.bury, partial(self._take, node))]:
            task = Task(work)
            while not task.done:
                if self.random.random() < 0.05:
                    self.random.choice([self.messages, self.beats, self.time, self.redis_restarts])()
                task.step()

    def redis_restarts(self) -> None:
        """With its last writes lost, or all of them."""
        self.redis.restart(self.random.choice([0, -1, -2, -3, -5, -9]))

    def messages(self) -> None:
        """Those under way arrive, or get lost, in any order."""
        self.random.shuffle(self.tasks)
        for task in self._some(self.tasks):
            task.step(Lost if self.random.random() < 0.1 else None)
        self.tasks = [task for task in self.tasks if not task.done]

    # -- parts --------------------------------------------------------------------------------------
    def _wait(self, seconds: float) -> None:
        self.check()
        self.now += seconds

    def _clock(self, base: float, offset: float, rate: float) -> float:
        return base + offset + (self.now - base) * rate

    def _some(self, things: list) -> list:
        """One of them, or all."""
        if not things or self.random.random() < 0.5:
            return list(things)
        return [self.random.choice(things)]

    def _take(self, node: Model) -> None:
        before = node.epoch
        node.take()
        self.seen["takes"] += node.epoch != before

    def _write(self, node: Model) -> None:
        held = node.epoch is not None and node.lease.valid
        written = node.write()
        self.seen["writes"] += written
        self.seen["refused writes"] += held and not written

    def _launch(self, work: Callable[[], object]) -> None:
        task = Task(work)
        if not task.done:
            self.tasks.append(task)

    def _half_way(self, work: Callable[[], object]) -> None:
        """It arrives, and the answer is on its way."""
        self._launch(work)
        if self.tasks:
            self.tasks[-1].step()

    def _through(self, work: Callable[[], object]) -> None:
        """Without delay, whatever else is under way."""
        task = Task(work)
        while not task.done:
            task.step()

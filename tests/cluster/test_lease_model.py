"""Random interleavings of beats, burials, takes, losses, pauses and restarts: two owners never act at once."""

import logging
from collections import Counter

import pytest

from tests.cluster.simulation import Simulation

LIVES = 120
STEPS = 300


def test_two_owners_never_act_and_a_stale_one_never_writes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    seen = Counter[str]()
    for seed in range(LIVES):
        simulation = Simulation(seed)
        for step in range(STEPS):
            try:
                simulation.step()
            except AssertionError as error:
                raise AssertionError(f"life {seed}, step {step}: {error}") from error
        seen.update(simulation.seen)
    # A model in which nothing happens proves nothing.
    assert seen["takes"] > LIVES and seen["writes"] > LIVES / 3, seen

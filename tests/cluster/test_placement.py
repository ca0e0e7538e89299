"""Where sessions go."""

from collections import Counter

import pytest
from hypothesis import given, strategies

from sessions_app.cluster.placement import STEP, Place, delay, plan, surplus

places = strategies.lists(
    strategies.tuples(strategies.integers(0, 40), strategies.integers(0, 40)), min_size=1, max_size=5
).map(lambda pairs: [Place(f"n{number}", load, capacity) for number, (load, capacity) in enumerate(pairs)])
sessions = strategies.sets(strategies.integers(0, 10_000), max_size=40)


@given(sessions=sessions, places=places)
def test_nobody_is_filled_beyond_its_capacity(sessions, places):
    taken = Counter(ranking[0] for ranking in plan(sessions, places).values() if ranking)
    for place in places:
        assert not taken[place.name] or place.load + taken[place.name] <= place.capacity
    room = sum(max(0, place.room) for place in places)
    assert sum(taken.values()) == min(len(sessions), room)


@given(sessions=sessions, places=places)
def test_each_goes_to_the_least_loaded(sessions, places):
    """Afterwards nobody who got some carries more than one above anybody who had room."""
    taken = Counter(ranking[0] for ranking in plan(sessions, places).values() if ranking)
    after = {place.name: place.load + taken[place.name] for place in places}
    with_room = [after[place.name] for place in places if place.capacity > after[place.name]]
    for name in taken:
        assert not with_room or after[name] <= min(with_room) + 1


@given(sessions=sessions, places=places, order=strategies.randoms())
def test_all_workers_compute_the_same(sessions, places, order):
    shuffled = list(places)
    order.shuffle(shuffled)
    assert plan(sessions, places) == plan(reversed(list(sessions)), shuffled)


def test_sessions_of_a_dead_worker_spread_over_the_others():
    ranked = plan(range(20), [Place("a", 10, 100), Place("b", 10, 100)])
    assert Counter(ranking[0] for ranking in ranked.values()) == {"a": 10, "b": 10}


def test_who_is_placed_worse_waits():
    assert delay(["a", "b"], "a") == 0
    assert delay(["a", "b"], "b") == STEP
    assert delay(["a", "b"], "c") is None


@pytest.mark.parametrize(
    ("mine", "others", "answer"),
    [
        (10, [10], False),
        (6, [5], False),
        (7, [5], False),
        (9, [5], True),
        (20, [0], True),
        (1, [0], False),
        (2, [0], True),
        (3, [2], False),
        (12, [10, 11], False),
    ],
)
def test_it_gives_back_only_above_the_tolerance(mine, others, answer):
    rest = [Place(f"n{number}", load, 100) for number, load in enumerate(others)]
    assert surplus(Place("me", mine, 100), rest) is answer


def test_it_gives_nothing_to_who_has_no_room():
    assert not surplus(Place("me", 30, 100), [Place("full", 5, 5)])
    assert not surplus(Place("me", 30, 20), [Place("full", 5, 5)])


def test_above_its_capacity_it_gives_to_whoever_has_room():
    assert surplus(Place("me", 11, 10), [Place("other", 10, 11)])


@given(loads=strategies.lists(strategies.integers(0, 60), min_size=2, max_size=5))
def test_giving_back_comes_to_rest_and_moves_no_more_than_needed(loads):
    """One after the other gives one to the least loaded, until nobody wants to."""
    total, moves = sum(loads), 0
    fair = -(-total // len(loads))
    excess = sum(max(0, load - fair) for load in loads)
    while givers := [n for n, load in enumerate(loads) if surplus(Place("me", load, 99), _others(loads, n))]:
        loads[givers[0]] -= 1
        loads[loads.index(min(loads))] += 1
        moves += 1
        assert moves <= excess
    assert max(loads) <= max(fair * 1.2, min(loads) + 1)


def _others(loads: list[int], me: int) -> list[Place]:
    return [Place(f"n{number}", load, 99) for number, load in enumerate(loads) if number != me]

"""Until when a worker may act, and when it may call another one dead."""

import pytest

from sessions_app.cluster.lease import Lease, Witness
from sessions_app.cluster.silence import Silence

DATABASE, REDIS = Witness.DATABASE, Witness.REDIS


class Clock:
    def __init__(self) -> None:
        self.now = 500.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lease(clock: Clock) -> Lease:
    return Lease(ttl=10, margin=2, clock=clock)


def test_it_is_not_valid_before_the_first_beat(lease):
    assert not lease.valid
    assert not lease.over


def test_one_witness_is_enough(lease, clock):
    lease.extend(DATABASE, clock.now)
    clock.now += 6
    lease.extend(REDIS, clock.now)
    clock.now += 6
    assert lease.valid
    assert lease.left(DATABASE) < 0 < lease.left(REDIS)


def test_a_beat_counts_from_when_it_was_sent_however_late_its_answer(lease, clock):
    sent = clock.now
    clock.now += 7
    assert lease.extend(DATABASE, sent)
    assert lease.until == sent + 8


def test_an_answer_that_comes_too_late_gives_nothing(lease, clock):
    sent = clock.now
    clock.now += 8
    assert not lease.extend(DATABASE, sent)
    assert lease.over


def test_it_ends_before_others_may_take_over_and_for_good(lease, clock):
    lease.extend(DATABASE, clock.now)
    clock.now += 8
    assert lease.over
    assert not lease.extend(REDIS, clock.now)
    assert not lease.valid


def test_an_answer_does_not_shorten_it(lease, clock):
    sent = clock.now
    clock.now += 5
    lease.extend(DATABASE, clock.now)
    lease.extend(DATABASE, sent)
    assert lease.until == clock.now + 8


def test_it_can_be_given_up(lease, clock):
    lease.extend(DATABASE, clock.now)
    lease.end()
    assert lease.over
    assert lease.until < clock.now


def test_silence_counts_from_when_we_saw_the_last_beat(clock):
    silence = Silence(clock=clock)
    silence.note({"a": 5})
    clock.now += 9
    silence.note({"a": 6})
    clock.now += 9
    assert not silence.silent("a", ttl=10)
    clock.now += 1
    assert silence.silent("a", ttl=10)


def test_nobody_is_silent_whom_we_do_not_know(clock):
    silence = Silence(clock=clock)
    assert not silence.silent("a", ttl=10)


def test_not_to_be_known_to_a_witness_is_silence_too(clock):
    silence = Silence(clock=clock)
    silence.note({"a": 5})
    clock.now += 9
    silence.note({"a": None})
    clock.now += 9
    assert not silence.silent("a", ttl=10)
    clock.now += 1
    assert silence.silent("a", ttl=10)


def test_a_server_that_was_restarted_may_have_lost_beats(clock):
    silence = Silence(clock=clock)
    silence.note({"a": 5}, source="one")
    clock.now += 9
    silence.note({"a": 5}, source="two")
    clock.now += 1
    assert not silence.silent("a", ttl=10)

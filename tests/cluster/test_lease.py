"""Until when a worker may act, and when it may call another one dead."""

import pytest

from sessions_app.cluster.heart import Heart
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


@pytest.fixture
def silence(clock: Clock) -> Silence:
    return Silence(clock=clock)


def told(silence, clock, beats, *, after=0.0, source="one"):
    """A reading that arrives at once, so much later than the last."""
    clock.now += after
    silence.note({"a": beats}, asked=clock.now, source=source)
    return silence.silent("a", ttl=10)


def test_silence_counts_from_when_we_saw_the_last_beat(silence, clock):
    told(silence, clock, 5)
    assert not told(silence, clock, 6, after=11)
    assert not told(silence, clock, 6, after=9)
    assert told(silence, clock, 6, after=1)


def test_nobody_is_silent_whom_we_do_not_know(silence, clock):
    told(silence, clock, 5)
    assert not silence.silent("b", ttl=10)


def test_not_to_be_known_to_a_witness_is_silence_too(silence, clock):
    told(silence, clock, 5)
    assert not told(silence, clock, None, after=11)
    assert told(silence, clock, None, after=10)


def test_a_server_that_was_restarted_may_have_lost_beats(silence, clock):
    told(silence, clock, 5)
    assert not told(silence, clock, 5, after=11, source="two")
    assert told(silence, clock, 5, after=10, source="two")


def test_nobody_grows_silent_while_we_cannot_read(silence, clock):
    told(silence, clock, 5)
    clock.now += 100
    assert not silence.silent("a", ttl=10)
    assert told(silence, clock, 5)


def test_a_reading_that_was_long_under_way_tells_of_when_it_was_asked_for(silence, clock):
    told(silence, clock, 5)
    asked = clock.now + 9
    clock.now += 20
    silence.note({"a": 5}, asked=asked, source="one")
    assert not silence.silent("a", ttl=10)


def test_a_heart_counts_from_before_its_beat_left(lease, clock):
    began = clock.now

    def slow(number):
        clock.now += 5
        return True

    heart = Heart(DATABASE, lease, interval=1, beat=slow, after=lambda: None, clock=clock)
    assert heart.once()
    assert lease.until == began + 8


def test_a_heart_that_is_told_of_its_burial_beats_no_more(lease, clock):
    lease.extend(REDIS, clock.now)
    heart = Heart(DATABASE, lease, interval=1, beat=lambda number: False, after=lambda: None, clock=clock)
    assert not heart.once()
    assert lease.over

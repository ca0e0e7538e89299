"""What a worker says to its parent, and when the parent gives it up; a pipe as between the two."""

import os
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from sessions_app.worker.pulse import EVERY, PIPE_FD, Pulse, Told, pulse_start, tell
from tests.e2e.api import eventually

NODE = Told("/stores/.nodes/node-a", "redis://localhost", 10.0)
LOOKS = int(NODE.lease / EVERY)


class Pipe(NamedTuple):
    pulse: Pulse
    worker: int

    def say(self, text: str) -> None:
        os.write(self.worker, text.encode())


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    told, telling = os.pipe()
    os.set_blocking(told, False)
    yield Pipe(Pulse(told), telling)
    os.close(told)
    os.close(telling)


def line(node: Told) -> str:
    return f"{node.life_file}\t{node.redis_url}\t{node.lease}\n"


def test_a_worker_that_loads_still_has_all_the_time_it_needs(pipe: Pipe) -> None:
    assert all(pipe.pulse.look() for _ in range(10 * LOOKS))


def test_it_lives_as_long_as_its_lease_without_a_sign_and_no_longer(pipe: Pipe) -> None:
    pipe.say(line(NODE))
    assert pipe.pulse.look()
    assert all(pipe.pulse.look() for _ in range(LOOKS))
    assert not pipe.pulse.look()
    assert pipe.pulse.silent == NODE.lease + EVERY


def test_each_sign_gives_it_a_whole_lease(pipe: Pipe) -> None:
    pipe.say(line(NODE))
    for _ in range(5):
        assert all(pipe.pulse.look() for _ in range(LOOKS))
        pipe.say("\n")
    assert pipe.pulse.look()


def test_the_lease_is_that_of_the_node_it_is_now(pipe: Pipe) -> None:
    pipe.say(line(NODE) + "\n" + line(Told("/stores/.nodes/node-b", "", 2.0)))
    assert [pipe.pulse.look() for _ in range(4)] == [True, True, True, False]
    assert [node.life_file for node in pipe.pulse.nodes] == ["/stores/.nodes/node-a", "/stores/.nodes/node-b"]


def test_what_is_read_in_the_middle_of_a_line_is_put_together(pipe: Pipe) -> None:
    half = len(line(NODE)) // 2
    pipe.say(line(NODE)[:half])
    assert pipe.pulse.read()
    pipe.say(line(NODE)[half:])
    assert pipe.pulse.read()
    assert pipe.pulse.nodes == [NODE]
    assert not pipe.pulse.read()


def test_a_worker_names_its_node_and_goes_on_to_give_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    told, telling = os.pipe()  # its thread writes until nobody reads, so no other test may get these numbers
    os.set_blocking(told, False)
    pulse = Pulse(told)
    monkeypatch.setenv(PIPE_FD, str(telling))
    tell(NODE)
    eventually(pulse.read, "the node")
    assert pulse.nodes == [NODE]
    pulse_start()
    for number in range(2):
        eventually(pulse.read, f"sign of life {number}")
    os.close(told)


def test_without_a_parent_it_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PIPE_FD, raising=False)
    tell(NODE)
    pulse_start()

"""Which fault applies, and for how long."""

import asyncio

import pytest

from sessions_app.sandbox.server.faults import Faults


@pytest.fixture
def faults() -> Faults:
    return Faults()


def test_it_applies_to_its_account_only(faults):
    fault = faults.add("nack", "111", None, None, {})
    assert faults.find("nack", "111") is fault
    assert faults.find("nack", "222") is None
    assert faults.find("silence", "111") is None


def test_without_an_account_it_applies_to_all(faults):
    fault = faults.add("nack", None, None, None, {})
    assert faults.find("nack", "111") is fault


def test_a_count_is_used_up(faults):
    faults.add("nack", None, 2, None, {})
    assert [faults.take("nack", "1") is not None for _ in range(3)] == [True, True, False]
    assert faults.all() == []


def test_a_time_passes(faults):
    faults.add("nack", None, None, 0.0, {})
    assert faults.find("nack") is None


def test_it_is_cleared(faults):
    fault = faults.add("nack", None, None, None, {})
    assert faults.clear(fault.id)
    assert not faults.clear(fault.id)
    assert faults.find("nack") is None


def test_somebody_can_wait_for_its_end(faults):
    async def wait() -> None:
        fault = faults.add("hang_upgrade", None, None, None, {})
        waiting = asyncio.create_task(faults.over(fault))
        await asyncio.sleep(0)
        assert not waiting.done()
        faults.clear()
        async with asyncio.timeout(60):
            await waiting

    asyncio.run(wait())


def test_it_shows_what_is_left(faults):
    shown = faults.add("failure", "1", 3, 60, {"reason": 401}).as_json()
    assert shown["seconds_left"] == pytest.approx(60, abs=30)
    assert (shown["remaining"], shown["reason"]) == (3, 401)

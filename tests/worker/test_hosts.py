"""Hosts in waiting, hosts that are worn out, and accounts that crash the host they are in."""

import os
import signal
from dataclasses import replace
from functools import partial
from typing import Any, cast

import pytest

from messaging.models import Message
from sessions_app import commands, qr
from sessions_app.engine.states import Reason, State
from sessions_app.models import Desired, Session
from sessions_app.worker.budget import Budget
from sessions_app.worker.hosts import HostPool
from sessions_app.worker.slot import Slot
from sessions_app.worker.suspicion import MEMORY, Suspicion
from sessions_app.worker.timings import Timings
from tests import factories
from tests.worker.conftest import QUICK, eventually, in_shared_host
from whatsapp_api.core.db import uuid7


class Process:
    """A host that is up as soon as it is started."""

    pid, alive = 1, True

    def start(self):
        pass

    def shutdown(self, *, grace):
        self.alive = False


@pytest.fixture
def pool():
    return HostPool(lambda slot: cast("Any", Process()), capacity=2, spares=1)


def spares(pool):
    return [slot for slot in pool.all() if slot.spare]


# ---- hosts in waiting ------------------------------------------------------------------------------------


def test_nothing_waits_before_a_host_was_needed(pool):
    pool.refill()
    assert pool.all() == []


def test_after_a_pairing_the_next_host_is_already_there(pool):
    first = pool.place(uuid7(), "fake", alone=True)
    [waiting] = spares(pool)
    second = pool.place(uuid7(), "fake", alone=True)
    assert second is waiting is not first
    assert second.alone
    assert len(spares(pool)) == 1


def test_a_shared_host_begins_as_the_one_in_waiting_too(pool):
    pool.place(uuid7(), "fake", alone=True)
    [waiting] = spares(pool)
    assert pool.place(uuid7(), "fake", alone=False) is waiting
    assert pool.place(uuid7(), "fake", alone=False) is waiting
    assert not waiting.spare


def test_each_provider_has_its_own(pool):
    pool.place(uuid7(), "fake", alone=True)
    assert pool.place(uuid7(), "other", alone=True).provider == "other"
    assert sorted(slot.provider for slot in spares(pool)) == ["fake", "other"]


def test_one_that_nobody_came_for_is_ended(pool, monkeypatch):
    pool.place(uuid7(), "fake", alone=True)
    [waiting] = spares(pool)
    assert not pool.unneeded(waiting, after=0)
    monkeypatch.setattr("sessions_app.worker.hosts.SPARE_FOR", 0)
    assert pool.unneeded(waiting, after=0)
    pool.refill()
    assert spares(pool) == []


def test_one_that_cannot_start_is_not_tried_on_and_on():
    def fail(slot):
        raise RuntimeError("no library")

    pool = HostPool(fail, capacity=2, spares=1)
    pool.place(uuid7(), "fake", alone=True)
    eventually(lambda: not pool.all(), "both failures")
    pool.refill()
    assert pool.all() == []


def test_a_session_that_starts_takes_the_host_in_waiting(settings, start_owner, linked):
    settings.SESSION_SPARE_HOSTS = 1
    owner = start_owner(timings=replace(QUICK, move_after=60.0))  # the first must not move into it meanwhile
    first = linked("First", jid="", lid="")  # not linked yet, so it gets a host of its own
    owner.state(first, State.CONNECTED)
    [waiting] = eventually(lambda: spares(owner.supervisor.pool), "a host in waiting")
    pid = waiting.ready.result(60).pid
    second = linked("Second", jid="", lid="")
    owner.state(second, State.CONNECTED)
    assert owner.host(second).pid == pid


# ---- worn out --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stats", "why"),
    [
        ({"fds": 101, "rss": 0, "age": 0}, "101 open files"),
        ({"fds": 0, "rss": 3 << 20, "age": 0}, "3 MB of memory"),
        ({"fds": 0, "rss": 0, "age": 7201}, "2 hours of age"),
        ({"fds": 100, "rss": 2 << 20, "age": 7200}, ""),
    ],
)
def test_a_budget_says_what_is_too_much(stats, why):
    assert Budget(fds=100, rss=2 << 20, age=7200).exceeded(stats) == why
    assert Budget().exceeded(stats) == ""


def test_turns_come_round():
    slot = Slot("fake")
    slot.places = {uuid7(), uuid7()}
    seen = []
    for _ in range(4):
        slot.next_turn()
        seen.append(slot.turn)
    assert seen == sorted(slot.places) * 2


def test_a_worn_host_is_emptied_one_by_one_and_nothing_is_lost(settings, start_owner, linked):
    settings.SESSION_HOST_MAX_FDS = 1  # every host has more
    owner = start_owner(timings=Timings(sweep=0.1, stats_every=0.1, host_grace=0.5))
    watch = owner.supervisor.watch
    sessions = [linked(f"Session {number}") for number in range(3)]
    for session in sessions:
        owner.state(session, State.CONNECTED)
    slot, old = owner.live(sessions[0]).slot, owner.host(sessions[0]).pid
    commands.call(sessions[0].pk, "receive", {"count": 30}, timeout=60)
    patient = watch._timings
    watch._timings = replace(patient, recycle_after=0)
    eventually(lambda: slot.worn, "the end of its patience")
    watch._timings = patient  # or the next host would be worn as well
    eventually(lambda: all(moved(owner, session, old) for session in sessions), "the move of all")
    states = set(Session.objects.values_list("state", "reason"))
    assert states == {(State.CONNECTED.value, Reason.CONNECTED.value)}
    assert Message.objects.filter(session=sessions[0], direction="in").count() == 30
    eventually(lambda: old not in pids(owner), "the end of the old host")


def moved(owner, session, old):
    live = owner.live(session)
    slot = live.slot
    return slot and not slot.dead and slot.up and slot.host.pid != old and live.state is State.CONNECTED


def pids(owner):
    return [slot.host.pid for slot in owner.supervisor.pool.all() if slot.up]


# ---- poison ----------------------------------------------------------------------------------------------


def test_sessions_of_a_host_that_keeps_dying_are_spread():
    suspicion = Suspicion()
    suspicion.host_died(company=10, now=0)
    assert not suspicion.apart(now=1)
    suspicion.host_died(company=10, now=2)
    assert suspicion.apart(now=3)
    assert not suspicion.guilty(now=3)
    assert not suspicion.apart(now=MEMORY + 3)


def test_who_crashes_alone_is_guilty_and_stays_apart():
    suspicion = Suspicion()
    for now in (0, 1):
        suspicion.host_died(company=1, now=now)
    assert suspicion.guilty(now=2)
    assert suspicion.apart(now=MEMORY * 2)
    suspicion.cleared()
    assert not suspicion.apart(now=2)


def test_a_host_that_we_ended_is_held_against_nobody(owner, linked):
    session = linked()
    owner.state(session, State.CONNECTED)
    live, slot = owner.live(session), owner.live(session).slot
    slot.end(grace=0.1)
    eventually(lambda: live.slot not in (slot, None) and live.state is State.CONNECTED, "the next host")
    assert not live.suspicion.shared
    assert not live.suspicion.alone


def test_a_host_is_not_found_dead_before_it_is_known_who_ended_it():
    """Or a look in between would call it a crash."""
    slot, seen = Slot("fake"), []

    class Ended(Process):
        @property
        def alive(self):  # type: ignore[override]
            seen.append(slot.dead)
            return True

        def shutdown(self, *, grace):
            pass

    slot.ready.set_result(cast("Any", Ended()))
    slot.end(grace=0)
    assert seen[0] is False
    assert slot.asked


def test_a_host_that_keeps_being_killed_spreads_its_sessions_and_they_come_together_again(start_owner, linked):
    quick = Timings(sweep=0.1, backoff_first=0.05, backoff_most=0.1, move_after=0.2, host_grace=0.2)
    owner = start_owner(timings=quick)
    sessions = [linked(f"Session {number}") for number in range(3)]
    for count in (1, 2):
        eventually(lambda: together(owner, sessions, hosts=1), "all in one host")
        os.kill(owner.host(sessions[0]).pid, signal.SIGKILL)
        eventually(partial(died, owner, sessions, count), "the death is noted")
    eventually(lambda: together(owner, sessions, hosts=3), "a host for each")
    owner.supervisor.reconciler._timings = replace(quick, proof=0.2)  # not earlier: they come up one after the other
    eventually(lambda: together(owner, sessions, hosts=1), "all in one host again")


def died(owner, sessions, count):
    return {len(owner.live(session).suspicion.shared) for session in sessions} == {count}


def link(owner, workspace, sandbox):
    phone, session = sandbox.create_phone(), factories.session(workspace, desired=Desired.STARTED, generation=1)
    owner.state(session, State.SCAN_QR)
    code = eventually(lambda: qr.current(session.pk) or False, "a QR code")
    phone.scan(code.payload)
    eventually(lambda: in_shared_host(owner.live(session)), "the move to a shared host")
    return session, phone


def together(owner, sessions, *, hosts):
    lives = [live for session in sessions if (live := owner.live(session))]
    slots = [slot for live in lives if (slot := live.slot) and live.state is State.CONNECTED]
    up = [slot.host.pid for slot in slots if not slot.dead and slot.up]
    return len(up) == len(sessions) and len(set(up)) == hosts


def test_an_account_that_crashes_the_library_is_found_and_kept_apart(settings, start_owner, workspace, sandbox):
    """The sandbox answers one of three with what makes neonize dereference nil."""
    settings.SESSION_HOST_CAPACITY = 3
    owner = start_owner(
        timings=Timings(sweep=0.2, backoff_first=0.2, backoff_most=0.5, move_after=0.2, proof=300, host_grace=0.5)
    )
    pairs = [link(owner, workspace, sandbox) for _ in range(3)]
    (guilty, phone), *others = pairs
    fault = sandbox.fault("failure", account=phone.number, reason=413, count=100)
    row = eventually(
        lambda: Session.objects.filter(pk=guilty.pk, state_text__contains="kept apart").first(), "the verdict", 150
    )
    assert (row.state, row.reason) == (State.RECONNECTING, Reason.ENGINE_CRASHED)
    for session, _ in others:
        owner.state(session, State.CONNECTED)
    pids_of_others = {owner.host(session).pid for session, _ in others}
    before = owner.live(guilty).suspicion.deaths_alone()
    eventually(lambda: owner.live(guilty).suspicion.deaths_alone() > before, "another crash")
    assert {owner.host(session).pid for session, _ in others} == pids_of_others
    sandbox.clear_faults(fault)
    owner.state(guilty, State.CONNECTED)
    assert owner.live(guilty).slot.alone

    owner.stop()
    successor = start_owner(timings=Timings(sweep=0.2, move_after=0.2))
    successor.state(guilty, State.CONNECTED)
    assert successor.live(guilty).slot.alone, "what one owner found out, the next one knows"
    assert successor.live(guilty).suspicion.guilty()

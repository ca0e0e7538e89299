"""How long things may take, in seconds. Tests pass shorter ones."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    sweep: float = 1.0
    starting: float = 60.0  # then the session is started afresh
    reconnecting: float = 300.0
    pairing: float = 240.0  # WhatsApp stops after 160 s; this is for an engine that does not say so
    stop_flight: float = 5.0  # how long a stop waits for a send under way
    host_grace: float = 2.0
    store_free: float = 10.0  # a dead worker's hosts end within this
    stats_every: float = 5.0
    stats_within: float = 30.0  # then the host is wedged
    move_after: float = 60.0  # a new account settles in its pairing host first: the phone sends it its history
    proof: float = 600.0  # a suspect that was up alone for so long may share a host again
    recycle_after: float = 600.0  # a host is not replaced earlier, whatever it uses
    backoff_first: float = 1.0
    backoff_most: float = 60.0
    backoff_forget: float = 60.0
    settle: float = 1.0  # a new worker waits so long for others that start with it, before it takes sessions
    give_back: float = 5.0  # between two sessions that a worker with too many gives to others
    hand_over: float = 20.0  # for all sessions of a worker that stops
    drain_sends: float = 8.0
    drain_events: float = 5.0

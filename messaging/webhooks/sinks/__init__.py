"""Ways out for events. One small folder each; the scheme of an endpoint's URL chooses.

Addresses name no user: brokers get `Target.username` and `password`, which are stored sealed.

A sink only carries one packet and says how that went. Cursor, order, retries, circuit, dead letters, replays and
the log are the same for all and live in `delivery/`.

To add one: a folder with `check(url)` and `connect(target)`, and a line in `SINKS`.
"""

from importlib import import_module
from types import ModuleType

from .contract import Answer, BadTarget, Packet, Sink, SinkFault, Target

SINKS = {
    "http": "http",
    "https": "http",
    "redis": "redis",
    "rediss": "redis",
    "amqp": "amqp",
    "amqps": "amqp",
    "nats": "nats",
    "tls": "nats",
}


def scheme_of(url: str) -> str:
    return url.partition("://")[0].lower()


def sink_check(url: str) -> None:
    """BadTarget says what is wrong with the address."""
    module(url).check(url)


def sink_open(target: Target) -> Sink:
    sink: Sink = module(target.url).connect(target)
    return sink


def module(url: str) -> ModuleType:
    name = SINKS.get(scheme_of(url))
    if name is None:
        raise BadTarget(f"The address must begin with one of {', '.join(f'{scheme}://' for scheme in SINKS)}.")
    return import_module(f"{__name__}.{name}")


__all__ = ["SINKS", "Answer", "BadTarget", "Packet", "Sink", "SinkFault", "Target", "sink_check", "sink_open"]

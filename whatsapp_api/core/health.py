"""Where every app registers how to tell that a part of the platform works (shown by `whatsapp_api.health`)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class Health(IntEnum):
    """Ordered: a whole is as healthy as its worst part."""

    OK = 0
    DEGRADED = 1
    FAILING = 2

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at a part brought: `text` for people, empty when all is well; `detail` for programs."""

    health: Health
    text: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


Check = Callable[[], Finding]
"""Looks at one part now. May take its time, hang or raise: the caller waits only so long."""


@dataclass(frozen=True, slots=True)
class Part:
    """`vital`: without it the platform does not work at all; otherwise it is degraded at worst.

    `begins`: it is a process that starts beside us, so that it is not missed in our first seconds.
    """

    name: str
    check: Check
    vital: bool = False
    begins: bool = False


_parts: dict[str, Part] = {}


def part_register(name: str, check: Check, *, vital: bool = False, begins: bool = False) -> None:
    """Called when Django starts; a second registration of a name replaces the first."""
    _parts[name] = Part(name, check, vital, begins)


def parts() -> list[Part]:
    return list(_parts.values())


def ok(**detail: Any) -> Finding:
    return Finding(Health.OK, detail=detail)


def degraded(text: str, **detail: Any) -> Finding:
    return Finding(Health.DEGRADED, text, detail)


def failing(text: str, **detail: Any) -> Finding:
    return Finding(Health.FAILING, text, detail)


Hosts = Callable[[], list[str]]
"""Names of hosts that something which runs now has to reach."""

_hosts: dict[str, Hosts] = {}


def hosts_register(what: str, hosts: Hosts) -> None:
    """Called when Django starts; `dns` looks some of them up. A second registration for `what` replaces the first."""
    _hosts[what] = hosts


def hosts_needed() -> Iterator[str]:
    for read in _hosts.values():
        yield from read()

"""What the platform knows of an engine provider before, and without, loading it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Launch:
    """What a new host process gets: its whole environment, and what travels with the hello."""

    environment: dict[str, str]
    config: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One way to reach WhatsApp.

    `engine` and `prepare` are `module:name`, imported only inside a host; `prepare` gets the launch's `config`
    before the engine is imported. `launch` makes both from the provider's settings (`SANDBOX_URL` ...).
    """

    name: str
    label: str
    engine: str
    capabilities: frozenset[str]
    launch: Callable[[Mapping[str, str]], Launch]
    prepare: str = ""

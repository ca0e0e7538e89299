"""What a host may use before its sessions move to a fresh one: the library leaks a little with every start."""

from dataclasses import dataclass
from typing import Any, Self

from django.conf import settings

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Limits of one process; 0 is none."""

    fds: int = 0
    rss: int = 0  # bytes
    age: float = 0.0  # seconds

    @classmethod
    def from_settings(cls) -> Self:
        return cls(
            fds=settings.SESSION_HOST_MAX_FDS,
            rss=settings.SESSION_HOST_MAX_RSS_MB * MEGABYTE,
            age=settings.SESSION_HOST_MAX_AGE_HOURS * 3600.0,
        )

    def exceeded(self, stats: dict[str, Any]) -> str:
        """By what, in words; empty when all is well."""
        if 0 < self.fds < stats["fds"]:
            return f"{stats['fds']} open files"
        if 0 < self.rss < stats["rss"]:
            return f"{stats['rss'] // MEGABYTE} MB of memory"
        if 0 < self.age < stats["age"]:
            return f"{stats['age'] / 3600:.0f} hours of age"
        return ""

"""How long what nobody uses may stay."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """None: for ever. Without `remove` sessions are only stopped, and files only counted."""

    unpaired: timedelta | None = None
    logged_out: timedelta | None = None
    idle: timedelta | None = None
    remove: bool = False


def limits() -> Limits:
    """As configured: CLEANUP_*."""
    return Limits(
        unpaired=timedelta(hours=settings.CLEANUP_UNPAIRED_HOURS) or None,
        logged_out=timedelta(days=settings.CLEANUP_LOGGED_OUT_DAYS) or None,
        idle=timedelta(days=settings.CLEANUP_IDLE_DAYS) or None,
        remove=settings.CLEANUP_REMOVE,
    )

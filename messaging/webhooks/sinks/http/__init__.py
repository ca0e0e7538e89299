"""Webhooks: a signed POST of the event."""

from .sink import check, connect

__all__ = ["check", "connect"]

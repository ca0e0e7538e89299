"""Redis Streams: an entry of a stream for each event."""

from .sink import check, connect

__all__ = ["check", "connect"]

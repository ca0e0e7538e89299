"""NATS JetStream: a stored, acknowledged message for each event."""

from .sink import check, connect

__all__ = ["check", "connect"]

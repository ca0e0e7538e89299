"""RabbitMQ and other brokers of AMQP 0-9-1: a persistent, confirmed message for each event."""

from .sink import check, connect

__all__ = ["check", "connect"]

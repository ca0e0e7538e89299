"""Endpoints that events are delivered to, and what became of each delivery."""

from .delivery import Delivery, DeliveryState
from .endpoint import DisabledReason, Endpoint, Order, Secret
from .figures import HourFigures
from .replay import Replay, ReplayState
from .worker import DeliveryWorker

__all__ = [
    "Delivery",
    "DeliveryState",
    "DeliveryWorker",
    "DisabledReason",
    "Endpoint",
    "HourFigures",
    "Order",
    "Replay",
    "ReplayState",
    "Secret",
]

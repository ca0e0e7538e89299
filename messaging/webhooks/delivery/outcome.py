"""What an attempt means for its row."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from messaging.webhooks.models import Delivery, DeliveryState
from messaging.webhooks.plan import retry_pause
from messaging.webhooks.sinks import Answer
from whatsapp_api.core.formats import iso

ATTEMPTS_FIRST = 3  # of these and the last ones the row keeps the details
ATTEMPTS_LAST = 7
PENDING = (DeliveryState.RETRYING, DeliveryState.WAITING)


@dataclass(frozen=True, slots=True)
class Attempt:
    """`counted`: not a probe of a receiver that is down, which uses up nothing of the retry plan."""

    at: datetime
    ms: int
    answer: Answer
    counted: bool = True


def apply(row: Delivery, attempt: Attempt, plan: Any) -> None:
    """Move the row to where it belongs after the attempt."""
    answer, end = attempt.answer, attempt.at + timedelta(milliseconds=attempt.ms)
    row.attempts += 1
    row.status, row.error, row.ms = answer.status, answer.error[:300], attempt.ms
    row.log = kept([*row.log, entry(attempt)])
    row.next_at, row.settled_at = None, end
    if answer.ok:
        row.state = DeliveryState.DELIVERED
        return
    pause = None if answer.gone or answer.final else retry_pause(plan, row.step)
    if pause is None:
        row.state = DeliveryState.DEAD
        return
    row.state, row.settled_at = DeliveryState.RETRYING, None
    row.next_at = end + timedelta(seconds=pause)
    row.step += attempt.counted


def entry(attempt: Attempt) -> dict[str, Any]:
    """An attempt for the delivery log."""
    answer = attempt.answer
    return {
        "at": iso(attempt.at),
        "ms": attempt.ms,
        "status": answer.status,
        "error": answer.error[:300],
        "body": answer.text,
    }


def kept(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return log if len(log) <= ATTEMPTS_FIRST + ATTEMPTS_LAST else [*log[:ATTEMPTS_FIRST], *log[-ATTEMPTS_LAST:]]

"""How an endpoint fares: what the dashboard shows, and when it is disabled."""

import functools
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from messaging.webhooks.models import DisabledReason
from messaging.webhooks.services import endpoint_give_up
from whatsapp_api.core.formats import from_unix

from .circuit import Circuit
from .outcome import Attempt
from .recorder import Recorder
from .target import Course

SUCCESS_EVERY = timedelta(seconds=5)


class Health:
    """Writes into the endpoint's row together with the outcomes, and only what changed."""

    def __init__(self, course: Course, owner: str, recorder: Recorder) -> None:
        self._course = course
        self._owner = owner
        self._recorder = recorder
        self._failing_since = course.failing_since
        self._failed = course.failures > 0
        self._success_noted: datetime | None = None

    def succeeded(self, attempt: Attempt) -> None:
        if self._failed:
            self._failed, self._failing_since = False, None
            self._recorder.health |= {"failures": 0, "failing_since": None, "resting_until": None, "last_error": ""}
        if self._success_noted is None or attempt.at - self._success_noted > SUCCESS_EVERY:
            self._success_noted = attempt.at
            self._recorder.health |= {"last_success_at": attempt.at}

    def failed(self, attempt: Attempt, circuit: Circuit) -> Callable[[], bool] | None:
        """What to do about it, beyond noting it."""
        self._failed = True
        self._failing_since = self._failing_since or attempt.at
        self._recorder.health |= {
            "failures": circuit.failures,
            "failing_since": self._failing_since,
            "resting_until": from_unix(circuit.until) if circuit.until else None,
            "last_error": attempt.answer.error[:300],
        }
        self._recorder.wake()
        if attempt.answer.gone:
            return self._disable(DisabledReason.GONE)
        if attempt.at - self._failing_since > timedelta(days=settings.WEBHOOK_DISABLE_DAYS):
            return self._disable(DisabledReason.FAILING)
        return None

    def _disable(self, reason: DisabledReason) -> Callable[[], bool]:
        return functools.partial(
            endpoint_give_up, endpoint_id=self._course.endpoint_id, owner=self._owner, reason=reason
        )

"""A session whose messages mostly fail stops by itself for a while: going on is how accounts get banned."""

from collections.abc import Mapping
from typing import Any

from messaging.broadcasts.holding import pacer_of, session_hold
from messaging.broadcasts.models import BroadcastRecipient, RecipientState
from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts

LOOKED_AT = 20
AT_LEAST = 10
SHARE = 0.5
MINUTES = 30
FAILURE_RATE = "failure_rate"
OPEN = (RecipientState.PENDING, RecipientState.QUEUED)


@retry_conflicts
def breaker_look(session: Session, options: Mapping[str, Any]) -> bool:
    """True when it paused the session just now."""
    pacer = pacer_of(session.pk)
    rows = BroadcastRecipient.objects.filter(session=session, fed_at__isnull=False)
    if pacer.judged_after:
        rows = rows.filter(fed_at__gt=pacer.judged_after)
    latest = rows.order_by("-fed_at").values_list("state", flat=True)[: LOOKED_AT * 3]
    states = [state for state in latest if state not in OPEN][:LOOKED_AT]
    failed = sum(state == RecipientState.FAILED for state in states)
    if len(states) < AT_LEAST or failed < len(states) * SHARE:
        return False
    with atomic():
        session_hold(session.pk, reason=FAILURE_RATE, seconds=60 * int(options.get("breaker_minutes") or MINUTES))
    return True

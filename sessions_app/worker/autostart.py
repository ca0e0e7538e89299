"""Sessions that do not come back by themselves: with `autostart` off, a new start of the platform leaves them stopped.

When one of several workers goes, those that ran beside it carry on with such a session all the same: nothing was
started. So it depends on whether we were there already when the session was let go.
"""

import logging
from datetime import datetime

from django.utils import timezone

from sessions_app.cluster.models import Node
from sessions_app.models import Desired, Session

logger = logging.getLogger(__name__)


def settle(row: Session, *, born: datetime) -> None:
    """Call it before taking a session. One that must not come back is stopped, as if somebody had asked for it.

    `born`: since when this worker runs.
    """
    if row.autostart or not _was_running(row) or _let_go_at(row) >= born:
        return
    rows = Session.objects.filter(pk=row.pk, generation=row.generation, desired=Desired.STARTED)
    if rows.update(desired=Desired.STOPPED, updated_at=timezone.now()):
        row.desired = Desired.STOPPED
        logger.info("Session %s: autostart is off, it stays down", row.pk)


def _was_running(row: Session) -> bool:
    """A start that nobody answered yet is a wish of its own."""
    return row.desired == Desired.STARTED and not row.is_final and row.generation == row.state_generation


def _let_go_at(row: Session) -> datetime:
    """Its last owner's last sign of life; one that gave it back wrote so into its state."""
    if not row.owner:
        return row.state_at or row.created_at
    seen = Node.objects.filter(name=row.owner).values_list("seen_at", flat=True).first()
    return seen or row.state_at or row.created_at

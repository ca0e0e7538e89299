"""The owner of the sessions, with a sender that answers at once and only counts.

`python -m tests.bench.broadcasts.parts.send <broadcast>`
"""

import sys
import time
import uuid

from django.db import connection

from messaging.broadcasts.models import Broadcast
from messaging.outbox import MessageOutbox
from sessions_app.engine.base import SendFinished
from sessions_app.models import Session
from tests.bench.broadcasts.parts.measuring import Trips, report

PAUSE = 0.02


def main(broadcast_id: str) -> None:
    trips, outbox, sent = Trips(), MessageOutbox(), 0
    sessions = list(Session.objects.order_by("id").values_list("pk", flat=True))
    with connection.execute_wrapper(trips):
        while not Broadcast.objects.filter(pk=broadcast_id, finished_at__isnull=False).exists():
            before = sent
            for session_id in sessions:
                sent += _send(outbox, session_id, sent)
            if sent == before:
                time.sleep(PAUSE)
    report(trips, sent=sent)


def _send(outbox: MessageOutbox, session_id: uuid.UUID, number: int) -> int:
    """One message: sessions send beside each other, and none waits until another has nothing left."""
    outgoing = outbox.claim(session_id, claim=f"bench:{number}")
    if outgoing is None:
        return 0
    outcome = SendFinished(session=str(session_id), ref=outgoing.ref, wa_id=f"WA{number}", timestamp=1.0)
    outbox.finish(session_id, outcome)
    return 1


if __name__ == "__main__":
    main(sys.argv[1])

"""The worker: ticks until the broadcast is over. `python -m tests.bench.broadcasts.parts.feed <broadcast>`"""

import sys
import time

from django.db import connection

from messaging.broadcasts.engine.tick import tick
from messaging.broadcasts.models import Broadcast
from tests.bench.broadcasts.parts.measuring import Trips, report

SECOND = 1.0  # as beat does


def main(broadcast_id: str) -> None:
    trips = Trips()
    with connection.execute_wrapper(trips):
        while not Broadcast.objects.filter(pk=broadcast_id, finished_at__isnull=False).exists():
            began = time.monotonic()
            tick()
            time.sleep(max(0, SECOND - (time.monotonic() - began)))
    report(trips)


if __name__ == "__main__":
    main(sys.argv[1])

"""The clock of leases: steady, the same in all processes of a machine, and it goes on while the machine sleeps.

`time.monotonic` stands still during a suspend on Linux, and a worker that slept would believe in a lease that
others have long seen run out. The wall clock decides nothing here, so it may be wrong or jump.
"""

import time

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def steady() -> float:
    """Seconds since some moment in the past."""
    return time.clock_gettime(_CLOCK)

"""What the processes of the bench count."""

import json
import resource
from typing import Any

from whatsapp_api.core import live

live.push = lambda *_: None  # nobody listens


class Trips:
    """Round trips of this process to the database."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


def report(trips: Trips, **more: Any) -> None:
    """One line for the process that started this one. Memory in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"trips": trips.count, "peak": peak, **more}), flush=True)

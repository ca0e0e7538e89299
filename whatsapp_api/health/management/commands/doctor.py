"""`manage.py doctor`: looks at the configuration and at what it leads to, and says what to fix."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from whatsapp_api.health.doctor import Diagnosis, Examination, Verdict, machine, problem, servers, settings_made

EXAMINATIONS: dict[str, Examination] = {
    "database": servers.database,
    "redis": servers.redis,
    "storage": machine.storage,
    "places": machine.places,
    "files": machine.files,
    "keys": settings_made.keys,
    "addresses": settings_made.addresses,
    "several machines": settings_made.shared_places,
}
MARKS = {Verdict.OK: "ok     ", Verdict.WARNING: "warning", Verdict.PROBLEM: "PROBLEM"}
SECONDS = 20.0


class Command(BaseCommand):
    help = "Check the configuration and say what to fix; ends with 1 when there is a problem."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--strict", action="store_true", help="warnings count as problems")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(examine())
        if options["json"]:
            self.stdout.write(json.dumps([_fields(part, one) for part, one in found], indent=1))
        else:
            for part, one in found:
                self.stdout.write(f"{MARKS[one.verdict]}  {part}: {one.text}")
                if one.remedy:
                    self.stdout.write(f"           -> {one.remedy}")
        bad = {Verdict.PROBLEM} | ({Verdict.WARNING} if options["strict"] else set())
        if any(one.verdict in bad for _, one in found):
            raise SystemExit(1)


def examine() -> Iterator[tuple[str, Diagnosis]]:
    """Everything that was found. A part that hangs is a finding after SECONDS, and does not hold up the others."""
    pool = ThreadPoolExecutor(max_workers=len(EXAMINATIONS))
    futures = {part: pool.submit(_examined, examination) for part, examination in EXAMINATIONS.items()}
    deadline = time.monotonic() + SECONDS
    for part, future in futures.items():
        try:
            diagnoses = future.result(max(0.0, deadline - time.monotonic()))
        except NotInTime:
            diagnoses = [problem(f"No answer within {SECONDS:.0f} s.", "Is it reachable from this machine?")]
        yield from ((part, one) for one in diagnoses)
    pool.shutdown(wait=False, cancel_futures=True)


def _examined(examination: Examination) -> list[Diagnosis]:
    found: list[Diagnosis] = []
    try:
        found.extend(examination())
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is the finding
        text = f"It cannot be reached or does not work ({type(error).__name__})."
        found.append(problem(text, "Check its address and password in the environment, and the firewall."))
    finally:
        close_old_connections()
    return found


def _fields(part: str, one: Diagnosis) -> dict[str, str]:
    return {"part": part, "verdict": str(one.verdict), "text": one.text, "remedy": one.remedy}

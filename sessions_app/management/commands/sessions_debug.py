"""Show what is known of sessions, for finding faults."""

import json
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions_app import debug
from sessions_app.models import Session

COLUMNS = "{:<36}  {:<20.20}  {:<12}  {:>7}  {:>7}  {:>4}  {:>12}  {:<24}  {}"
HEAD = ("session", "name", "state", "host", "RSS MB", "fds", "q/s/u", "last inbound", "note")


class Command(BaseCommand):
    help = (
        "Without an id one line for each session, with one all about it: owner, lease, host process, queue, last "
        "signs of life, errors, history of states. q/s/u: messages queued, being sent, unconfirmed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("session", nargs="?", default="", help="id of one session")
        parser.add_argument("--json", action="store_true", dest="as_json", help="for programs")

    def handle(self, *args: Any, session: str, as_json: bool, **options: Any) -> None:
        statuses = debug.workers()
        if session:
            found = debug.session_debug(_session(session), statuses)
            self.stdout.write(json.dumps(found, indent=2) if as_json else "\n".join(_lines(found)))
            return
        rows = [debug.session_summary(row, statuses) for row in Session.objects.order_by("-id").iterator()]
        if as_json:
            self.stdout.write(json.dumps(rows, indent=2))
        else:
            self._table(rows)

    def _table(self, rows: list[dict[str, Any]]) -> None:
        if not rows:
            self.stdout.write("There are no sessions.")
            return
        self.stdout.write(COLUMNS.format(*HEAD))
        for row in rows:
            self.stdout.write(_line(row))


def _session(wanted: str) -> Session:
    try:
        found = Session.objects.filter(pk=uuid.UUID(wanted)).first()
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"There is no session {wanted}. Without an id this command lists all.")
    return found


def _line(row: dict[str, Any]) -> str:
    host = row["host"] or {"pid": "-", "rss": None, "fds": "-"}
    memory = "-" if host["rss"] is None else f"{host['rss'] / 1e6:.0f}"
    queue = "/".join(map(str, row["queue"].values()))
    inbound = row["last_inbound_at"] or "-"
    about = (row["session"], row["name"], row["state"], host["pid"], memory, host["fds"], queue, inbound, row["note"])
    return COLUMNS.format(*about).rstrip()


def _lines(found: dict[str, Any]) -> list[str]:
    """Nested values on lines of their own."""
    lines = []
    for name, value in found.items():
        if isinstance(value, dict):
            lines += [f"{name}:", *(f"    {key}: {_text(inner)}" for key, inner in value.items())]
        elif isinstance(value, list):
            lines += [f"{name}:", *("    " + "  ".join(filter(None, entry.values())) for entry in value)]
        else:
            lines.append(f"{name}: {_text(value)}")
    return lines


def _text(value: Any) -> str:
    return "-" if value in (None, "") else str(value)

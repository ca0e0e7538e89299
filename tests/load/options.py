"""What a load test is asked to do."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from whatsapp_api.core.paths import REPOSITORY


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Rates are a second, over all sessions together."""

    sessions: int
    sends: float
    inbound: float
    reads: float
    media: float
    sockets: int
    webhooks: int
    seconds: float
    every: float
    url: str
    sandbox_url: str
    username: str
    password: str
    receiver_host: str
    database: str
    scale: str
    out: Path


def parse(arguments: list[str] | None = None) -> Options:
    """From the command line; `--soak` is the mixed traffic of 30 minutes that docs/performance.md shows."""
    parser = argparse.ArgumentParser(prog="make loadtest", description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add("--sessions", type=_count, default=10, help="sandbox sessions to link")
    add("--sends", type=_rate, default=5.0, help="messages out a second")
    add("--inbound", type=_rate, default=5.0, help="messages in a second")
    add("--reads", type=_rate, default=2.0, help="REST reads a second: chats, history, sessions, health")
    add("--media", type=_share, default=0.05, help="share of the messages out that carry a picture")
    add("--sockets", type=_count, default=5, help="WebSocket clients beside the one that measures")
    add("--webhooks", type=_count, default=2, help="webhook receivers")
    add("--seconds", type=_rate, default=60.0, help="for how long")
    add(
        "--every",
        type=_rate,
        default=0.0,
        help="seconds between two samples; by default a 120th of the time, at least 2",
    )
    add("--soak", action="store_true", help="50 sessions for 30 minutes; what else is given still counts")
    add("--url", default="", help="a platform that runs; without it one is started")
    add("--sandbox-url", default="http://127.0.0.1:8765", help="the sandbox of that platform")
    add("--username", default="admin")
    add("--password", default=os.environ.get("LOADTEST_PASSWORD", ""), help="better in LOADTEST_PASSWORD")
    add("--receiver-host", default="127.0.0.1", help="where that platform reaches this machine, for webhooks")
    add("--database", choices=["sqlite", "mongodb"], default="sqlite", help="of a platform that is started")
    add("--scale", default="", help="of a platform that is started: `sessions=2 worker=2`")
    add(
        "--out",
        type=Path,
        default=REPOSITORY / "var" / "loadtest",
        help="folder of report.html, report.json, chart.svg",
    )
    preset, _ = parser.parse_known_args(arguments)
    if preset.soak:
        parser.set_defaults(sessions=50, sends=4.0, inbound=4.0, seconds=1800.0)
    given = vars(parser.parse_args(arguments))
    if given["url"] and not given["password"]:
        parser.error("--url needs a password: set LOADTEST_PASSWORD")
    given["every"] = given["every"] or max(2.0, given["seconds"] / 120)
    return Options(**{name: value for name, value in given.items() if name != "soak"})


def _count(text: str) -> int:
    return int(_at_least_zero(int(text)))


def _rate(text: str) -> float:
    return _at_least_zero(float(text))


def _share(text: str) -> float:
    value = _at_least_zero(float(text))
    if value > 1:
        raise argparse.ArgumentTypeError("must be from 0 to 1")
    return value


def _at_least_zero(value: float) -> float:
    if value < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return value

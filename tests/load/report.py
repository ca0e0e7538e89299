"""report.html, one file without anything from elsewhere; report.json; chart.svg."""

import json
import os
import platform
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from tests.load.chart import STYLE, Chart, Line, document, figure
from tests.load.options import Options
from tests.load.record import Record, Sample
from tests.load.trend import trend

ROLES = ("web", "sessions", "hosts", "worker", "beat", "redis")
PANELS = (
    ("Memory", "MB", tuple(f"{role} RSS" for role in ROLES)),
    ("Open files", "fds", tuple(f"{role} fds" for role in ROLES)),
    ("Oldest in queues", "s", ("outbox oldest s", "webhooks oldest s")),
    ("Latency, p50", "ms", tuple(f"{name} p50 ms" for name in ("accepted", "sent", "received", "read", "webhook"))),
    ("Latency, p95", "ms", tuple(f"{name} p95 ms" for name in ("accepted", "sent", "received", "read", "webhook"))),
    (
        "Throughput",
        "a second",
        tuple(f"{name} a second" for name in ("sends", "inbound", "reads", "webhooks", "pushes")),
    ),
)
EXPLAINED = {
    "accepted": "POST until its answer, 202",
    "sent": "POST until `sent` is on a WebSocket",
    "received": "a phone writes until the event is on a WebSocket",
    "read": "GET until its answer",
    "webhook": "event until its delivery",
}
SHORTEST = 300.0
"""Seconds."""
SUFFIXES = (" RSS", " fds", " oldest s", " p50 ms", " p95 ms", " a second")


def write(options: Options, record: Record, ended: str) -> Path:
    """The folder's three files; the path of the page."""
    options.out.mkdir(parents=True, exist_ok=True)
    charts, content = panels(record.samples), summary(options, record, ended)
    (options.out / "report.json").write_text(json.dumps(content | {"samples": record.samples}, indent=1))
    (options.out / "chart.svg").write_text(document(charts))
    page = options.out / "report.html"
    page.write_text(html(content, charts))
    return page


def summary(options: Options, record: Record, ended: str) -> dict[str, Any]:
    asked = {
        name: getattr(options, name)
        for name in ("sessions", "sends", "inbound", "reads", "media", "sockets", "webhooks", "seconds")
    }
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load_average": round(os.getloadavg()[0], 1),
        "platform": options.url or f"started for this, on {options.database}",
        "ended": ended,
        "asked": asked,
        **record.totals(),
        "trends": trends(record.samples, options.seconds),
    }


def trends(samples: list[Sample], seconds: float) -> dict[str, dict[str, float]]:
    """Slopes of memory, files, ages and latencies, without the first quarter; of a short run they say nothing."""
    found: dict[str, dict[str, float]] = {}
    if seconds < SHORTEST:
        return found
    for _, _, names in PANELS[:5]:
        for name in names:
            points = _points(samples, name)
            if line := trend([at for at, _ in points], [value for _, value in points], total=seconds):
                found[name] = {"mean": line.mean, "per_hour": line.per_hour, "share_per_hour": line.share}
    return found


def panels(samples: list[Sample]) -> list[Chart]:
    charts = []
    for title, unit, names in PANELS:
        lines = [Line(_short(name), points) for name in names if (points := _points(samples, name))]
        charts.append(Chart(title, unit, lines))
    return charts


def _points(samples: list[Sample], name: str) -> list[tuple[float, float]]:
    return [(sample["t"], sample[name]) for sample in samples if name in sample]


def _short(name: str) -> str:
    return next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), name)


# -- the page -------------------------------------------------------------------------------------------------------
PAGE = Path(__file__).with_name("page.html")


def html(content: dict[str, Any], charts: list[Chart]) -> str:
    asked = ", ".join(f"{name} {value:g}" for name, value in content["asked"].items())
    return PAGE.read_text().format(
        style=STYLE,
        intro=escape(
            f"{content['at']} · {content['platform']} · {content['machine']}, load {content['load_average']} · {asked}"
        ),
        ended=escape(content["ended"]),
        tiles="".join(_tiles(content)),
        latencies=_latencies(content),
        charts="".join(figure(chart) for chart in charts),
        trends=_trends(content["trends"]),
    )


def _tiles(content: dict[str, Any]) -> list[str]:
    counts, lost = content["counts"], content["missing"]["out"] + content["missing"]["in"]
    errors = sum(content["errors"].values())
    shown = [
        ("messages out", counts.get("sends", 0)),
        ("messages in", counts.get("inbound", 0)),
        ("reads", counts.get("reads", 0)),
    ]
    shown += [("webhooks", counts.get("webhooks", 0)), ("WebSocket pushes", counts.get("pushes", 0))]
    tiles = [f'<div class="tile"><b>{value:,}</b>{label}</div>' for label, value in shown]
    bad = (
        ("not arrived", lost, ""),
        ("errors", errors, ", ".join(f"{name}: {n}" for name, n in content["errors"].items())),
    )
    for label, value, title in bad:
        tiles.append(
            f'<div class="tile{" bad" if value else ""}" title="{escape(title)}"><b>{value:,}</b>{label}</div>'
        )
    return tiles


def _latencies(content: dict[str, Any]) -> str:
    rows: list[tuple[str, ...]] = [("", "p50", "p95", "longest", "how many")]
    for name, text in EXPLAINED.items():
        if figures := content["latencies_ms"].get(name):
            times = (f"{figures[key]:,.0f} ms" for key in ("p50", "p95", "longest"))
            rows.append((f"{name}: {text}", *times, f"{figures['count']:,}"))
    return _table(rows)


def _trends(found: dict[str, dict[str, float]]) -> str:
    if not found:
        return f"<p>Too short to tell: at least {SHORTEST / 60:.0f} minutes are needed.</p>"
    rows: list[tuple[str, ...]] = [("", "mean", "growth an hour", "of the mean")]
    rows += [
        (name, f"{it['mean']:,.4g}", f"{it['per_hour']:+,.3g}", f"{it['share_per_hour']:+.1%}")
        for name, it in found.items()
    ]
    return _table(rows)


def _table(rows: list[tuple[str, ...]]) -> str:
    head, *rest = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    return f"<table><tr>{head.replace('td>', 'th>')}</tr>{''.join(f'<tr>{row}</tr>' for row in rest)}</table>"

"""Proofs 3 and 4: latency at 50 events a second, deliveries a second at saturation, and an endpoint that was down."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.figures import p50, p95
from tests.bench.webhooks.parts import memory_mb, publishing, webhook
from tests.bench.webhooks.quick import Quick
from tests.e2e.api import Api
from tests.e2e.platform import Platform
from whatsapp_api.core.paths import REPOSITORY

CONCURRENCY = 16
CHATS = 200
STEADY_MOST = 200_000
CATCH_UP_MOST = 1800


def latency(platform: Platform, api: Api, folder: Path, *, seconds: int, order: str) -> dict[str, Any]:
    """From before `publish` until the receiver has it, at 50 events a second."""
    with Quick(folder) as receiver:
        session_id = api.session_create("Latency")["id"]
        hook = webhook(api, receiver.url, session=session_id, order=order, concurrency=CONCURRENCY)
        time.sleep(3)
        with publishing(platform, session_id, 50 * seconds, rate=50, chats=CHATS) as publisher:
            publisher.wait()
        receiver.wait(50 * seconds, 60)
        api.http.delete(f"/webhooks/{hook['id']}").raise_for_status()
        samples = receiver.latencies()[50:]
        return {"p50": p50(samples), "p95": p95(samples)}


def saturation(platform: Platform, api: Api, folder: Path, *, events: int) -> dict[str, Any]:
    """How fast a backlog is delivered, strict and fast; beside it httpx alone on the same receiver."""
    session_id = api.session_create("Saturation")["id"]
    found: dict[str, Any] = {}
    with Quick(folder) as raw_receiver:
        found["raw"] = raw(raw_receiver.url, events)
    for order in ("strict", "fast"):
        with Quick(folder) as receiver:
            hook = webhook(api, receiver.url, session=session_id, order=order, concurrency=CONCURRENCY)
            address = f"/webhooks/{hook['id']}"
            api.post(f"{address}/disable")
            with publishing(platform, session_id, events, rate=-1, chats=CHATS) as publisher:
                publisher.wait()
            api.post(f"{address}/enable")
            receiver.wait(events, 300)
            moments = sorted(at for at, *_ in receiver.arrivals())
            found[order] = (len(moments) - 1) / (moments[-1] - moments[0])
            api.http.delete(address).raise_for_status()
    with Quick(folder) as raw_receiver:
        found["raw"] = max(found["raw"], raw(raw_receiver.url, events))
    return found


def raw(url: str, events: int) -> float:
    command = [sys.executable, "-m", "tests.bench.webhooks.raw", url, str(events), str(CONCURRENCY)]
    finished = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True, timeout=600)
    return float(finished.stdout)


def outage(platform: Platform, api: Api, folder: Path, *, events: int, down: float) -> dict[str, Any]:
    """One endpoint is down while `events` pile up for it; another hears 50 a second before, during and after."""
    flooded, steady = api.session_create("Outage")["id"], api.session_create("Steady")["id"]
    with Quick(folder) as broken, Quick(folder) as well:
        hooks = [
            webhook(api, receiver.url, session=session_id, concurrency=CONCURRENCY)
            for receiver, session_id in ((broken, flooded), (well, steady))
        ]
        time.sleep(3)
        moments = {"start": time.time()}
        with publishing(platform, steady, STEADY_MOST, rate=50, chats=CHATS):
            time.sleep(min(30.0, down))
            moments["down"], before = time.time(), memory_mb(platform)
            broken.close_door()
            with publishing(platform, flooded, events, rate=-1, chats=CHATS) as publisher:
                publisher.wait()
            queued = time.time() - moments["down"]
            time.sleep(max(0.0, down - queued))
            most = memory_mb(platform)
            health = api.get(f"/webhooks/{hooks[0]['id']}")
            rows = len(api.get(f"/webhooks/{hooks[0]['id']}/deliveries", limit=200)["results"])
            moments["up"] = time.time()
            broken.open_door()
            while broken.count() < events:
                assert time.time() - moments["up"] < CATCH_UP_MOST, f"{broken.count()} of {events}"
                most = max(most, memory_mb(platform))
                time.sleep(2)
            moments["end"] = time.time()
        time.sleep(3)
        arrivals = sorted(at for at, *_ in broken.arrivals())
        for hook in hooks:
            api.http.delete(f"/webhooks/{hook['id']}").raise_for_status()
        others = {
            name: _spread(well.latencies(moments[begin], moments[end]))
            for name, begin, end in (("before", "start", "down"), ("down", "down", "up"), ("catching up", "up", "end"))
        }
    return {
        "events": events,
        "queued_in_seconds": queued,
        "down_seconds": moments["up"] - moments["down"],
        "rows": rows,
        "health": health["health"],
        "memory_before": before,
        "memory_most": most,
        "first_after": arrivals[0] - moments["up"],
        "catch_up_rate": (len(arrivals) - 1) / (arrivals[-1] - arrivals[0]),
        "others": others,
    }


def _spread(samples: list[float]) -> dict[str, float]:
    return {"count": len(samples), "p50": p50(samples), "p95": p95(samples), "most": max(samples)}

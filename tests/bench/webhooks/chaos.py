"""Proof 1: everything arrives, signed and in order, while receiver, workers, Redis and web fail at random."""

import json
import random
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.bench.webhooks.parts import Log, publishing, webhook
from tests.e2e.api import Api, eventually
from tests.e2e.platform import Platform
from tests.webhooks.receiver import Request, verified

RETRIES = [1] * 30


def prove(
    platform: Platform,
    folder: Path,
    *,
    events: int,
    faults: float,
    rate: float,
    kill_every: float,
    timeout: float,
    per_chat: int = 50,
) -> dict[str, Any]:
    """What was seen; raises when a promise of docs/webhooks.md is broken.

    The events of a chat wait for each other, a second for each fault: `per_chat` says how many there are.
    """
    api = Api(platform)
    session_id = api.session_create("Chaos")["id"]
    with Log(folder, faults=faults) as strict, Log(folder, faults=faults) as fast:
        options = {"session": session_id, "timeout_seconds": 2, "retry_seconds": RETRIES, "concurrency": 32}
        hooks = {
            "strict": (strict, webhook(api, strict.url, order="strict", **options)),
            "fast": (fast, webhook(api, fast.url, order="fast", **options)),
        }
        began = time.monotonic()
        with publishing(platform, session_id, events, rate=rate, chats=max(4, events // per_chat)) as publisher:
            kills = _harass(platform, publisher, kill_every, least=2)
        for log, _ in hooks.values():
            log.wait(events, timeout)
        seconds = time.monotonic() - began
        seen = {name: _judge(log, hook["secret"], events) for name, (log, hook) in hooks.items()}
        _in_order(strict)
        for _, hook in hooks.values():
            _remove(api, hook["id"])
    return {"events": events, "seconds": seconds, "kills": kills, **seen}


def _remove(api: Api, webhook_id: str) -> None:
    eventually(lambda: api.http.delete(f"/webhooks/{webhook_id}").status_code in (204, 404), "the clean-up")


def _harass(platform: Platform, publisher: Any, every: float, *, least: int) -> dict[str, int]:
    """Kill something now and then for as long as events are published, and so often in any case: what is killed may
    take longer to come back than all the publishing.
    """
    kills: dict[str, int] = defaultdict(int)
    turn = ["worker", "pool", "redis", "web", "pool", "worker", "redis"]
    while publisher.poll() is None or sum(kills.values()) < least:
        victim = turn[sum(kills.values()) % len(turn)]
        time.sleep(every * random.uniform(0.5, 1.5))
        if _kill(platform, victim):
            kills[victim] += 1
    assert publisher.returncode == 0, "the publisher failed"
    return dict(kills)


def _kill(platform: Platform, victim: str) -> bool:
    import psutil

    if victim != "pool":
        try:
            platform.kill(victim)
        except (AssertionError, ProcessLookupError):  # between two lives
            return False
        platform.wait_restarted(victim)
        return True
    try:
        pool = psutil.Process(platform.pid("worker")).children()
        random.choice(pool).kill()
    except (AssertionError, IndexError, psutil.NoSuchProcess):
        return False
    return True


def _judge(log: Log, secret: str, events: int) -> dict[str, int]:
    """Signatures verify, and what came twice carries the same ids."""
    deliveries: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for line in log.lines():
        request = Request(line["headers"], line["body"].encode(), line["at"])
        assert verified(request, secret, now=line["at"]), line["headers"]
        event = json.loads(line["body"])
        assert event["id"] == request.headers["x-webhook-id"]
        deliveries[event["payload"]["number"]].add((event["id"], request.headers["x-webhook-delivery"]))
    assert sorted(deliveries) == list(range(events))
    assert all(len(ids) == 1 for ids in deliveries.values()), "an event came under two ids"
    return {"accepted": len(log.lines()), "twice": len(log.lines()) - events}


def _in_order(log: Log) -> None:
    """First arrivals of each chat, in the order in which they happened."""
    chats: dict[str, list[int]] = defaultdict(list)
    for line in log.lines():
        payload = json.loads(line["body"])["payload"]
        if payload["number"] not in chats[payload["chat"]["jid"]]:
            chats[payload["chat"]["jid"]].append(payload["number"])
    for chat, numbers in chats.items():
        assert numbers == sorted(numbers), f"{chat}: {numbers}"

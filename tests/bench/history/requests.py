"""The requests that are timed, over HTTP as a program makes them."""

import random
import time
from collections.abc import Callable
from typing import Any

from tests.bench.figures import p50, p95
from tests.bench.history.texts import word
from tests.e2e.api import Api

HEAD = ("request", "p50", "p95", "slowest", "rows")
DEEP = 20  # pages


def measure(api: Api, session: str, count: int) -> list[tuple[str, ...]]:
    """One row for each kind of request."""
    source = random.Random(3)
    chats = api.get(f"/sessions/{session}/chats", limit=200)["results"]
    jids = [chat["jid"] for chat in chats]
    base = f"/sessions/{session}"
    deep_chats = _deep(api, f"{base}/chats")
    biggest = f"{base}/chats/346{0:08}@s.whatsapp.net/messages"
    deep_history = _deep(api, biggest)
    kinds: dict[str, Callable[[], Any]] = {
        "chats, first page": lambda: api.get(f"{base}/chats"),
        f"chats, page {DEEP}": lambda: api.http.get(deep_chats).json(),
        "chats with unread messages": lambda: api.get(f"{base}/chats", unread="true"),
        "chats by name": lambda: api.get(f"{base}/chats", search=f"Person {source.randrange(9_999)}"),
        "chats by a name that nobody has": lambda: api.get(f"{base}/chats", search=f"nobody {source.random()}"),
        "one chat": lambda: api.get(f"{base}/chats/{source.choice(jids)}"),
        "history, first page": lambda: api.get(f"{base}/chats/{source.choice(jids)}/messages"),
        f"history of the longest chat, page {DEEP}": lambda: api.http.get(deep_history).json(),
        "all messages, first page": lambda: api.get(f"{base}/messages"),
        "search: a frequent word": lambda: api.get(f"{base}/messages", q=word(source.randrange(20))),
        "search: a rare word": lambda: api.get(f"{base}/messages", q=word(source.randrange(10_000, 20_000))),
        "search: any word": lambda: api.get(f"{base}/messages", q=word(source.randrange(20_000))),
        "search: two frequent words": lambda: api.get(
            f"{base}/messages", q=f"{word(source.randrange(20))} {word(source.randrange(20, 40))}"
        ),
        "search: three words": lambda: api.get(
            f"{base}/messages", q=" ".join(word(source.randrange(top)) for top in (10, 100, 1_000))
        ),
        "search: no such word": lambda: api.get(f"{base}/messages", q=f"nosuchword{source.random()}"),
        "search in one chat": lambda: api.get(
            f"{base}/chats/{source.choice(jids)}/messages", q=word(source.randrange(200))
        ),
    }
    return [_row(name, request, count) for name, request in kinds.items()]


def _row(name: str, request: Callable[[], Any], count: int) -> tuple[str, ...]:
    seconds, rows = [], []
    for _ in range(count):
        began = time.perf_counter()
        answer = request()
        seconds.append(time.perf_counter() - began)
        rows.append(len(answer.get("results", [1])))
    figures = (f"{value * 1000:.0f} ms" for value in (p50(seconds), p95(seconds), max(seconds)))
    return (name, *figures, f"{sum(rows) / len(rows):.0f}")


def _deep(api: Api, path: str) -> str:
    """The address of a page far behind the first, or of the last."""
    address, page = path, api.get(path)
    for _ in range(DEEP - 1):
        if page["next"]:
            address = page["next"]
            page = api.http.get(address).raise_for_status().json()
    return address

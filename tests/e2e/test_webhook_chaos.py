"""Webhooks under fire, at a moderate size; `make bench-webhooks` does it with 10,000 events."""

from pathlib import Path

import pytest

from tests.bench.webhooks import chaos
from tests.e2e.platform import Platform


@pytest.mark.timeout(400)
def test_every_event_arrives_signed_and_in_order_whatever_is_killed(platform: Platform, tmp_path: Path) -> None:
    seen = chaos.prove(platform, tmp_path, events=200, faults=0.2, rate=40, kill_every=1.2, timeout=240, per_chat=10)
    assert sum(seen["kills"].values()) >= 2, seen
    print(seen)

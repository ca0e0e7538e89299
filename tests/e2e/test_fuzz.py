"""Generated requests to every operation of the OpenAPI document; `make fuzz` sends many more of them."""

from pathlib import Path

from tests.e2e.platform import Platform
from tests.fuzz import campaign


def test_no_request_breaks_it_or_reaches_a_stranger(platform: Platform, tmp_path: Path) -> None:
    outcome = campaign.run(platform, tmp_path, examples=2, phases="fuzzing", seed=20261122)

    assert outcome.passed, outcome.output[-20_000:]
    assert outcome.strays == []

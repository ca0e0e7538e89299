"""What the report of `make loadtest` says is what was measured."""

import json
from pathlib import Path

import pytest

from tests.load.chart import Chart, Line, document, nice_step
from tests.load.options import parse
from tests.load.record import Record, Way
from tests.load.report import summary, write
from tests.load.trend import trend


def test_a_slope_leaves_out_the_time_of_warming_up() -> None:
    times = [float(at) for at in range(0, 3600, 60)]
    values = [500.0 if at < 900 else 100.0 + at / 3600 * 12 for at in times]
    found = trend(times, values, total=3600)
    assert found is not None
    assert found.per_hour == pytest.approx(12)
    assert found.share == pytest.approx(12 / found.mean)
    assert trend(times[:5], values[:5], total=300) is None


def test_either_end_of_a_way_may_be_seen_first() -> None:
    way = Way()
    assert way.end("a") is None
    assert way.begin("a", way.ended["a"] - 2) == pytest.approx(2)
    way.begin("b", 0.0)
    assert way.missing() == ["b"]


@pytest.mark.parametrize(("highest", "step"), [(0.0, 1.0), (3.2, 1.0), (100.0, 50.0), (3492.0, 1000.0)])
def test_axes_have_round_numbers(highest: float, step: float) -> None:
    assert nice_step(highest) == step


def test_names_are_no_markup() -> None:
    assert "<b>" not in document([Chart("<b>", "&", [Line("<b>", [(0, 1), (1, 2)])])])


def test_the_soak_is_fifty_sessions_unless_told_otherwise() -> None:
    soak = parse(["--soak", "--seconds", "60"])
    assert (soak.sessions, soak.seconds, soak.every) == (50, 60, 2)
    with pytest.raises(SystemExit):
        parse(["--url", "http://127.0.0.1:1", "--password", ""])
    with pytest.raises(SystemExit):
        parse(["--media", "2"])


def test_the_report_is_one_file_that_says_what_is_missing(tmp_path: Path) -> None:
    options, record = parse(["--out", str(tmp_path)]), Record()
    record.out.begin("lost", 0.0)
    record.took("sent", 0.1)
    record.errors["503 POST"] += 2
    record.sample({"web RSS": 100.0})
    page = write(options, record, "Ended as asked.").read_text()
    assert "://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert '<div class="tile bad" title=""><b>1</b>not arrived</div>' in page
    assert "503 POST: 2" in page
    assert json.loads((tmp_path / "report.json").read_text())["samples"][0]["sent p50 ms"] == pytest.approx(100)
    assert (tmp_path / "chart.svg").read_text().startswith("<svg")
    assert summary(options, record, "")["missing"] == {"out": 1, "in": 0}

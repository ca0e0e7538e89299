"""`/api/health` says what is wrong, fast, also when a part hangs."""

import threading
import time
from collections.abc import Iterator

import pytest
from django.test import Client as Browser
from rest_framework.test import APIClient

from whatsapp_api import __version__
from whatsapp_api.core.health import Finding, Part, degraded, failing, ok
from whatsapp_api.core.paths import REPOSITORY
from whatsapp_api.health import views, watcher
from whatsapp_api.health.watcher import BEGINNING_SECONDS, Watcher, look


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Watcher]]:
    """The parts that are looked at, in place of the real ones; a busy machine may take its time to answer."""
    monkeypatch.setattr(views, "LOOK_SECONDS", 60.0)
    watchers: list[Watcher] = []
    monkeypatch.setattr(views, "watchers", lambda: tuple(watchers))
    yield watchers


def status(client: Browser | APIClient, path: str = "/api/health") -> tuple[int, dict]:
    answer = client.get(path)
    return answer.status_code, answer.json()


def test_everyone_reads_status_and_version_and_nothing_else(parts: list[Watcher]) -> None:
    parts.append(Watcher(Part("database", ok, vital=True)))

    assert status(Browser()) == (200, {"status": "ok", "version": __version__})


def test_the_version_is_the_packages() -> None:
    assert f'version = "{__version__}"' in (REPOSITORY / "pyproject.toml").read_text()


@pytest.mark.parametrize(
    ("finding", "vital", "code", "word"),
    [
        (ok(), True, 200, "ok"),
        (degraded("slow"), True, 200, "degraded"),
        (failing("gone"), True, 503, "failing"),
        (failing("gone"), False, 200, "degraded"),
    ],
)
def test_a_vital_part_decides(parts: list[Watcher], finding: Finding, vital: bool, code: int, word: str) -> None:
    parts.append(Watcher(Part("it", lambda: finding, vital)))
    parts.append(Watcher(Part("other", ok)))

    code_seen, answer = status(Browser())

    assert (code_seen, answer["status"]) == (code, word)


def test_a_part_that_hangs_is_named_and_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def stuck() -> Finding:
        release.wait(200)
        return ok()

    hanging = [Watcher(Part("stuck", stuck, vital=True)), Watcher(Part("fine", ok))]
    monkeypatch.setattr(watcher, "FRESH_SECONDS", 3600.0)
    monkeypatch.setattr(watcher, "PATIENCE_SECONDS", 3600.0)
    began = time.monotonic()
    try:
        words = {"stuck": "", "fine": ""}
        while words["fine"] != "ok":  # asking again does not queue up behind the other
            words = {name: reading.finding.health.word for name, reading in look(hanging, views.LOOK_SECONDS).items()}
            assert words["stuck"] == "degraded"
        monkeypatch.setattr(watcher, "PATIENCE_SECONDS", 0.0)
        for _ in range(3):
            readings = look(hanging, views.LOOK_SECONDS)
            assert readings["stuck"].finding.health.word == "failing"
            assert "has not answered" in readings["stuck"].finding.text
            assert readings["fine"].finding.health.word == "ok"
        assert time.monotonic() - began < 100
    finally:
        release.set()


def test_a_part_that_raises_is_failing_without_its_secrets(parts: list[Watcher]) -> None:
    def broken() -> Finding:
        raise ConnectionError("mongodb://user:secret@db")

    finding = look([Watcher(Part("it", broken))], 60)["it"].finding

    assert finding.health.word == "failing"
    assert "secret" not in finding.text


def test_a_connection_that_breaks_between_looks_ends_no_watcher(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ConnectionError

    monkeypatch.setattr(watcher, "FRESH_SECONDS", 0.0)
    it = Watcher(Part("it", ok))
    with monkeypatch.context() as patch:
        patch.setattr(watcher, "close_old_connections", broken)
        patch.setattr(watcher, "PATIENCE_SECONDS", 3600.0)
        assert look([it], 60)["it"].finding.health.word == "failing"
    assert look([it], 60)["it"].finding.health.word == "ok"


def test_what_starts_beside_us_is_not_missed_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it was seen well once, or our beginning is over. What is broken is broken from the first moment."""
    monkeypatch.setattr(watcher, "FRESH_SECONDS", 0.0)
    said = [degraded("no beat", last=1)]
    beat = Watcher(Part("beat", lambda: said[0], begins=True))

    def word() -> str:
        return look([beat], 60)["beat"].finding.health.word

    monkeypatch.setattr(watcher, "BORN", time.monotonic())
    assert look([beat], 60)["beat"].finding == ok(last=1, starting=True)
    said[0] = failing("gone")
    assert word() == "failing"
    said[0] = ok()
    assert word() == "ok"
    said[0] = degraded("no beat")
    assert word() == "degraded"
    late = Watcher(Part("beat", lambda: said[0], begins=True))
    monkeypatch.setattr(watcher, "BORN", time.monotonic() - BEGINNING_SECONDS - 1)
    assert look([late], 60)["beat"].finding.health.word == "degraded"


def test_ready_looks_at_vital_parts_only(parts: list[Watcher]) -> None:
    parts.append(Watcher(Part("database", ok, vital=True)))
    parts.append(Watcher(Part("beat", lambda: failing("gone"))))

    assert status(Browser(), "/api/health/ready") == (200, {"status": "ok"})
    assert status(Browser(), "/api/health/live") == (200, {"status": "ok"})

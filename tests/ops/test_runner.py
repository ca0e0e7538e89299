"""The process runner, on processes that do nothing."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.e2e.platform import Platform
from whatsapp_api.core.paths import redis_socket

PROCFILE = str(Path(__file__).parent / "Procfile")
ARGUMENTS = ("--procfile", PROCFILE, "--prepare", "echo prepared")


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with Platform(tmp_path, arguments=ARGUMENTS) as running:
        wait_for_child(running)
        yield running


def wait_for_child(platform: Platform) -> None:
    """The platform is ready when `web` answers, whatever `family` has done by then."""
    deadline = time.monotonic() + 60
    while "family | child" not in platform.logs():
        assert time.monotonic() < deadline, platform.logs()
        time.sleep(0.05)


def wait_gone(pids: list[int], timeout: float = 60) -> None:
    deadline = time.monotonic() + timeout
    while remaining := [pid for pid in pids if alive(pid)]:
        assert time.monotonic() < deadline, [psutil.Process(pid).cmdline() for pid in remaining]
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def family(platform: Platform) -> list[int]:
    """All processes under the runner, its guardian included."""
    return [process.pid for process in psutil.Process(platform.runner_pid).children(recursive=True)]


def refused(tmp_path: Path, **settings: str) -> str:
    other = Platform(tmp_path, arguments=ARGUMENTS, **settings)
    with pytest.raises(RuntimeError, match="code 1"):
        other.start().wait_ready()
    assert not (other.data_dir / "redis").exists()
    return other.logs()


def test_it_prepares_before_it_starts_and_tells_when_it_is_ready(platform: Platform):
    logs = platform.logs()
    assert logs.index("setup  | prepared") < min(logs.index("family | child"), logs.index("Ready: dashboard"))
    assert f"{platform.url}/admin/" in logs


def test_it_records_its_processes(platform: Platform):
    record = platform.processes()
    assert list(record) == ["redis", "web", "family"]
    for entry in record.values():
        assert psutil.Process(entry["pid"]).create_time() == pytest.approx(entry["create_time"], abs=1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_everything_in_order_when_asked_to(platform: Platform, number: int):
    pids = family(platform)
    assert len(pids) >= 5
    os.kill(platform.runner_pid, number)
    assert platform.stop() == 0
    wait_gone(pids)  # killed ones may still be on their way out
    assert platform.logs().rstrip().endswith("Stopped.")
    assert not (platform.data_dir / "run" / "processes.json").exists()


def test_it_starts_a_crashed_process_again_and_ends_what_it_left(platform: Platform):
    orphan = psutil.Process(platform.pid("family")).children()[0].pid
    old = platform.kill("family")
    assert platform.wait_restarted("family") != old
    wait_gone([old, orphan])
    assert "family was killed by SIGKILL; starting it again in 0.2 s" in platform.logs("runner")


def test_it_starts_redis_again_without_touching_the_others(platform: Platform):
    web = platform.pid("web")
    platform.kill("redis")
    platform.wait_restarted("redis")
    assert platform.pid("web") == web


def test_nothing_survives_when_the_runner_is_killed(platform: Platform):
    pids = family(platform)
    os.kill(platform.runner_pid, signal.SIGKILL)
    wait_gone(pids)


def test_it_ends_what_a_former_run_left_when_the_guardian_died_too(platform: Platform, tmp_path: Path):
    pids = family(platform)
    recorded = {entry["pid"] for entry in platform.processes().values()}
    guardian = next(child.pid for child in psutil.Process(platform.runner_pid).children() if child.pid not in recorded)
    os.kill(guardian, signal.SIGKILL)
    os.kill(platform.runner_pid, signal.SIGKILL)
    platform.stop()
    with Platform(tmp_path, arguments=ARGUMENTS) as successor:
        assert "that a former run left behind" in successor.logs()
        wait_gone(pids)


def test_a_second_runner_on_the_same_data_is_refused(platform: Platform, tmp_path: Path):
    logs = refused(tmp_path / "other", DATA_DIR=str(platform.data_dir))
    assert f"already running on {platform.data_dir} (process {platform.runner_pid})" in logs
    assert logs.count("\n") == 0


@pytest.mark.parametrize("variable", ["PORT", "SANDBOX_PORT"])
def test_a_taken_port_is_refused_in_one_sentence(tmp_path: Path, variable: str):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        logs = refused(tmp_path, **{variable: str(port)})
    assert logs.startswith(f"error: Port {port} on 127.0.0.1 is in use by another program: set {variable} to")
    assert logs.count("\n") == 0


@pytest.mark.parametrize(
    ("variable", "value"), [("PORT", "http"), ("SANDBOX_PORT", "70000"), ("HOST", "no.such.host.invalid")]
)
def test_a_wrong_setting_is_named(tmp_path: Path, variable: str, value: str):
    assert refused(tmp_path, **{variable: value}).startswith(f"error: {variable} ")


def test_it_stops_when_preparing_fails(tmp_path: Path):
    platform = Platform(tmp_path, arguments=("--procfile", PROCFILE, "--prepare", "sh -c 'echo no luck; exit 3'"))
    with pytest.raises(RuntimeError, match="Preparing the database failed"):
        platform.start().wait_ready()
    assert "setup  | no luck" in platform.logs()
    assert "child" not in platform.logs()


def test_a_deep_data_directory_gets_its_socket_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with Platform(tmp_path / ("deep" * 30), arguments=ARGUMENTS) as platform:
        monkeypatch.setenv("DATA_DIR", str(platform.data_dir))
        assert redis_socket().is_socket()
        platform.kill("redis")
        platform.wait_restarted("redis")
    assert not redis_socket().parent.exists()

"""The runner's small parts."""

import io
from pathlib import Path

import pytest

from whatsapp_api.ops.console import Console
from whatsapp_api.ops.process import LONGEST_DELAY, restart_delay
from whatsapp_api.ops.procfile import instance, read_procfile, read_scale, scaled
from whatsapp_api.ops.runner import remove_temporary


def test_lines_are_aligned_behind_the_name_of_their_process():
    stream = io.StringIO()
    console = Console(["web", "sessions"], stream)
    console.write("web", "hello\n")
    console.write("sessions", "2026-01-01 12:00:00 INFO up")
    assert stream.getvalue() == "web      | hello\nsessions | 2026-01-01 12:00:00 INFO up\n"


def test_a_terminal_that_went_away_is_no_error():
    stream = io.StringIO()
    console = Console(["web"], stream)
    stream.close()
    console.write("web", "hello")


def test_restarts_slow_down_to_a_limit():
    assert restart_delay(0) == 0.2
    assert all(0.2 <= restart_delay(1) <= 0.4 for _ in range(100))
    assert all(LONGEST_DELAY / 2 <= restart_delay(many) <= LONGEST_DELAY for many in (5, 50, 5000))


def test_the_procfile_is_read_in_order(tmp_path: Path):
    path = tmp_path / "Procfile"
    path.write_text('# a comment\nweb: run --port "$PORT"\n\nworker_2:   work: hard  \n')
    assert read_procfile(path) == {"web": 'run --port "$PORT"', "worker_2": "work: hard"}


def test_a_broken_procfile_names_its_line(tmp_path: Path):
    path = tmp_path / "Procfile"
    path.write_text("web: run\nno command here\n")
    with pytest.raises(ValueError, match="line 2"):
        read_procfile(path)


def test_a_process_can_run_several_times():
    commands = {"web": "serve", "sessions": "carry"}
    assert scaled(commands, read_scale("sessions=2")) == {"web": "serve", "sessions.1": "carry", "sessions.2": "carry"}
    assert scaled(commands, read_scale("")) == commands
    assert [instance(name) for name in ("web", "sessions.2")] == ["1", "2"]


@pytest.mark.parametrize("text", ["sessions", "sessions=0", "sessions=x", "sessions=33", "sessions="])
def test_a_scale_that_makes_no_sense_is_refused(text: str):
    with pytest.raises(ValueError, match="SCALE"):
        read_scale(text)


def test_only_what_the_procfile_has_can_be_scaled():
    with pytest.raises(ValueError, match="nothing"):
        scaled({"web": "serve"}, {"nothing": 2})


@pytest.mark.parametrize("left", [[], ["redis.sock"]])
def test_the_sockets_folder_goes_even_when_redis_was_killed(tmp_path: Path, left: list[str]):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for name in left:
        (folder / name).touch()
    remove_temporary(folder / "redis.sock")
    assert not folder.exists()

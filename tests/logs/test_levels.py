"""Levels that are changed while everything runs, through Redis."""

import logging
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from whatsapp_api.core import redis as core_redis
from whatsapp_api.core.log_levels import KEY, Levels, levels_clear, levels_read, levels_set

FOLLOWS = """
import logging, time
import django
django.setup()
from whatsapp_api.core.log_levels import watch
watch()
deadline = time.monotonic() + 60
while not logging.getLogger("tests.followed").isEnabledFor(logging.DEBUG):
    assert time.monotonic() < deadline
    time.sleep(0.01)
"""


def level_of(name: str) -> str:
    return logging.getLevelName(logging.getLogger(name).getEffectiveLevel())


@pytest.mark.django_db  # whoever changes a level is in the audit trail
def test_the_command_tells_all_processes_for_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("loglevel", "tests.told=DEBUG", "--minutes", "2")
    assert levels_read() == "tests.told=DEBUG"
    assert 0 < core_redis.client().ttl(KEY) <= 120

    call_command("loglevel", "--reset")
    assert levels_read() == ""
    assert "as configured" in capsys.readouterr().out


def test_a_process_takes_them_up() -> None:
    levels_set("tests.followed=DEBUG", seconds=120)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "whatsapp_api.settings"}
    subprocess.run([sys.executable, "-c", FOLLOWS], env=environment, check=True, timeout=180)
    levels_clear()


def test_they_are_taken_up_and_put_back() -> None:
    """Not by way of Redis: this process may have a thread that follows what is there, and would do the same."""
    state = Levels()
    before = level_of("tests.loud")
    state.apply("tests.loud=DEBUG")
    assert level_of("tests.loud.below") == "DEBUG"

    state.apply("")
    assert level_of("tests.loud.below") == before


@pytest.mark.parametrize("arguments", [["messaging"], ["messaging=LOUD"], ["a=DEBUG", "--minutes", "0"]])
def test_mistakes_are_named_and_change_nothing(arguments: list[str]) -> None:
    levels_clear()
    with pytest.raises(CommandError):
        call_command("loglevel", *arguments)
    assert levels_read() == ""

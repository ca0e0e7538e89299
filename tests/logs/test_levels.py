"""Levels that are changed while everything runs, through Redis."""

import logging

import pytest
from django.core.management import CommandError, call_command

from whatsapp_api.core import redis as core_redis
from whatsapp_api.core.log_levels import KEY, Levels, levels_clear, levels_read


def level_of(name: str) -> str:
    return logging.getLevelName(logging.getLogger(name).getEffectiveLevel())


@pytest.mark.django_db  # whoever changes a level is in the audit trail
def test_they_are_taken_up_and_put_back(capsys: pytest.CaptureFixture[str]) -> None:
    state = Levels()
    before = level_of("tests.loud")
    call_command("loglevel", "tests.loud=DEBUG", "--minutes", "2")
    state.apply(levels_read())
    assert level_of("tests.loud.below") == "DEBUG"
    assert 0 < core_redis.client().ttl(KEY) <= 120

    call_command("loglevel", "--reset")
    state.apply(levels_read())
    assert level_of("tests.loud.below") == before
    assert "as configured" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["messaging"], ["messaging=LOUD"], ["a=DEBUG", "--minutes", "0"]])
def test_mistakes_are_named_and_change_nothing(arguments: list[str]) -> None:
    levels_clear()
    with pytest.raises(CommandError):
        call_command("loglevel", *arguments)
    assert levels_read() == ""

"""One process at a time, as long as it lives."""

import subprocess
import sys

import pytest
from django.core.cache import cache

from tests.e2e.api import eventually
from whatsapp_api.core.exclusive import exclusive
from whatsapp_api.ops.children import die_with_parent

NAME, SECONDS = "work-of-the-test", 6
HOLD = f"""
import os, time
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whatsapp_api.settings")
from whatsapp_api.core.exclusive import exclusive
with exclusive("{NAME}", seconds={SECONDS}) as mine:
    print(mine, flush=True)
    time.sleep(60)
"""


def got() -> bool:
    with exclusive(NAME, seconds=SECONDS) as mine:
        return mine


def left() -> int:
    """Milliseconds until it would be free."""
    client = cache._cache.get_client()  # type: ignore[attr-defined]
    return int(client.pttl(cache.make_key(NAME)))


def test_it_is_free_after_the_block() -> None:
    with pytest.raises(ZeroDivisionError), exclusive(NAME, seconds=SECONDS) as mine:
        assert mine
        assert [got(), got()] == [False, False], "asking did not take it away"
        raise ZeroDivisionError
    assert got()


def test_it_is_renewed_while_the_work_takes_long() -> None:
    with exclusive(NAME, seconds=SECONDS):
        eventually(lambda: left() < 0.75 * SECONDS * 1000, "time passes", pause=0.01)
        eventually(lambda: left() > 0.9 * SECONDS * 1000, "it is renewed", pause=0.01)


def test_it_is_free_soon_after_its_process_was_killed() -> None:
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=die_with_parent) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"True\n"
        assert not got()
        process.kill()
    eventually(got, "another may do it")

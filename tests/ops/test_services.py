"""The servers that the suite itself runs on."""

import os
from urllib.parse import urlsplit

import redis


def test_it_gives_every_run_a_redis_of_its_own():
    url = os.environ["REDIS_URL"]
    assert len(urlsplit(url).path) < 100
    assert redis.Redis.from_url(url).ping()


def test_it_keeps_the_tests_data_out_of_the_repository():
    assert "wa-test-" in os.environ["DATA_DIR"]


def test_it_runs_on_the_database_it_was_asked_for(database: str):
    assert os.environ.get("DATABASE_URL", "sqlite").startswith(database)

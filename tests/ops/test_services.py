"""The servers that the suite itself runs on."""

import os
import random
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

import pytest
import redis

from whatsapp_api.ops.mongod import free_port


def test_it_gives_every_run_a_redis_of_its_own():
    url = os.environ["REDIS_URL"]
    assert len(urlsplit(url).path) < 100
    assert redis.Redis.from_url(url).ping()


def test_it_keeps_the_tests_data_out_of_the_repository():
    assert "wa-test-" in os.environ["DATA_DIR"]


def test_it_runs_on_the_database_it_was_asked_for(database: str):
    assert os.environ.get("DATABASE_URL", "sqlite").startswith(database)


def test_a_port_is_given_to_one_only_and_a_server_can_have_it(monkeypatch: pytest.MonkeyPatch):
    def the_same_first(ports: Iterable[int], count: int) -> list[int]:
        return list(ports)[:count]

    monkeypatch.setattr(random, "sample", the_same_first)
    ports = [free_port() for _ in range(3)]
    assert len(set(ports)) == 3
    for port in ports:
        for _ in range(2):  # one after another, as a server that is started again
            with socket.create_server(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)):
                pass

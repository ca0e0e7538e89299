"""`manage.py doctor` finds what is wrong and says what to do."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from whatsapp_api.core import redis as core_redis
from whatsapp_api.core.paths import REPOSITORY
from whatsapp_api.health.doctor import Diagnosis, Verdict, machine, servers, settings_made


def verdicts(found: list[Diagnosis]) -> dict[str, Verdict]:
    return {one.text: one.verdict for one in found}


def texts(found: Any, verdict: Verdict) -> str:
    return " ".join(f"{one.text} {one.remedy}" for one in found if one.verdict is verdict)


@pytest.mark.django_db
def test_the_database_of_this_run() -> None:
    found = list(servers.database())
    assert not texts(found, Verdict.PROBLEM)
    assert "All migrations are applied." in verdicts(found)
    if connection.vendor == "mongodb":
        assert verdicts(found)["transactionLifetimeLimitSeconds is 10."] is Verdict.OK
        assert "Three survive" in texts(found, Verdict.WARNING)
    else:
        assert "replica set" in texts(found, Verdict.WARNING)


def test_a_redis_that_evicts_is_a_problem() -> None:
    client = core_redis.client()
    assert not texts(servers.redis(), Verdict.PROBLEM)
    client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert "noeviction" in texts(servers.redis(), Verdict.PROBLEM)
    finally:
        client.config_set("maxmemory-policy", "noeviction")


def test_a_storage_that_takes_nothing_is_a_problem(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    wrong = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "file"}}
    settings.STORAGES = {**settings.STORAGES, "media": wrong}
    assert "MEDIA_DIR" in texts(machine.storage(), Verdict.PROBLEM)


def test_machines_need_one_master_key(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MASTER_KEY", "MASTER_KEY_FILE", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert "copy" in texts(settings_made.keys(), Verdict.WARNING)
    settings.REDIS_URL = "redis://10.0.0.11:6379/0"
    assert "same on every machine" in texts(settings_made.keys(), Verdict.PROBLEM)


def test_tls_wants_names_and_a_proxy(settings: Any) -> None:
    settings.BEHIND_TLS, settings.ALLOWED_HOSTS, settings.TRUSTED_PROXIES = True, ["localhost"], []
    wrong = texts(settings_made.addresses(), Verdict.PROBLEM)
    assert "ALLOWED_HOSTS" in wrong
    assert "TRUSTED_PROXIES" in wrong
    settings.BEHIND_TLS, settings.ALLOWED_HOSTS = False, ["whatsapp.example.com"]
    assert "BEHIND_TLS=1" in texts(settings_made.addresses(), Verdict.PROBLEM)


def test_what_cannot_be_reached_is_named_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "manage.py", "doctor", "--json"],
        cwd=REPOSITORY,
        env={**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": "redis://127.0.0.1:1/0"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 1, answer.stderr
    found = {(one["part"], one["verdict"]) for one in json.loads(answer.stdout)}
    assert ("redis", "problem") in found
    assert ("database", "problem") in found  # nothing is migrated there
    assert ("files", "ok") in found

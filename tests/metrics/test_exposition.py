"""What Prometheus gets when a source fails, and who may read it."""

import pytest
from django.test import Client as Browser
from prometheus_client.parser import text_string_to_metric_families as parse
from rest_framework.test import APIClient

from tests import factories
from whatsapp_api.core import gauges
from whatsapp_api.core.gauges import Gauge
from whatsapp_api.metrics import exposition, views


def test_strangers_and_members_read_nothing(db: None) -> None:
    member = factories.client(factories.user("alice", workspace=factories.workspace()))

    assert Browser().get("/metrics").status_code == 401
    assert member.get("/metrics").status_code == 401
    assert Browser().post("/metrics").status_code == 405


def test_the_token_opens_it(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.METRICS_TOKEN = "m" * 32
    monkeypatch.setattr(views, "render", lambda: b"figures")

    assert Browser().get("/metrics", headers={"Authorization": f"Bearer {'m' * 32}"}).content == b"figures"
    assert Browser().get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    settings.METRICS_TOKEN = ""
    assert Browser().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401


def test_a_superuser_reads_it(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "render", lambda: b"figures")
    client: APIClient = factories.client(factories.superuser())

    assert client.get("/metrics").status_code == 200


def test_a_source_that_fails_is_named_and_the_others_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[Gauge]:
        raise ConnectionError

    known = {"fine": lambda: [Gauge("wa_test_figure", "It.", ("at",), [(("here",), 3.0)])], "broken": broken}
    monkeypatch.setattr(gauges, "_sources", known)
    monkeypatch.setattr(exposition, "LOOK_SECONDS", 60.0)

    families = {family.name: family for family in parse(exposition.render().decode())}

    assert [sample.value for sample in families["wa_test_figure"].samples] == [3.0]
    up = {sample.labels["source"]: sample.value for sample in families["wa_source_up"].samples}
    assert up == {"fine": 1.0, "broken": 0.0}

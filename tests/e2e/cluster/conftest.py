"""One cluster for all tests of this folder: each repairs what it broke."""

import os
from collections.abc import Iterator

import pytest

from sessions_app.sandbox.client import Phone, SandboxClient
from tests.e2e.api import Api
from tests.e2e.cluster.cluster import Cluster, running
from tests.e2e.cluster.load import Line, link
from whatsapp_api.ops import mongod

LINES = int(os.environ.get("CLUSTER_SESSIONS", "9"))


@pytest.fixture(scope="package")
def cluster(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    if database == "sqlite":
        with running(folder, "") as cluster:
            yield cluster
    else:
        with mongod.replica_set() as url, running(folder, url) as cluster:
            yield cluster


@pytest.fixture(scope="package")
def sandbox(cluster: Cluster) -> SandboxClient:
    return SandboxClient(cluster.platform.sandbox_url)


@pytest.fixture(scope="package")
def api(cluster: Cluster) -> Api:
    return Api(cluster.platform)


@pytest.fixture(scope="package")
def friend(sandbox: SandboxClient) -> Phone:
    return sandbox.create_phone("34600999000", auto_receipt="delivered")


@pytest.fixture(scope="package")
def lines(api: Api, sandbox: SandboxClient) -> list[Line]:
    return link(api, sandbox, LINES, prefix="34600990")

from collections.abc import Iterator

import pytest

from whatsapp_api.core.http.addresses import AddressPolicy
from whatsapp_api.core.http.client import GuardedClient

from .server import WebServer, web_server


@pytest.fixture
def server() -> Iterator[WebServer]:
    """On an address that the tests' policy allows."""
    with web_server("127.0.0.2") as running:
        yield running


@pytest.fixture
def client() -> Iterator[GuardedClient]:
    """Allowed to go to 127.0.0.2 only; all else of the loopback is as forbidden as ever."""
    client = GuardedClient(AddressPolicy.parse(["127.0.0.2"]))
    yield client
    client.close()

"""A session of the real owner through a real proxy, as the API sets it."""

import pytest

from sessions_app import qr
from sessions_app.engine.states import Reason, State
from sessions_app.models import Desired
from sessions_app.proxies import proxy_read
from sessions_app.services import session_proxy_set
from tests import factories
from tests.engine.conftest import SandboxProcess
from tests.proxy import LocalProxy
from tests.worker.conftest import eventually


@pytest.fixture
def sandbox(settings):
    process = SandboxProcess()
    settings.SANDBOX_URL = process.url
    yield process
    process.stop()


@pytest.fixture
def proxy(sandbox):
    with LocalProxy(sandbox.url, scheme="http") as proxy:
        yield proxy


@pytest.fixture
def session(workspace, proxy):
    session = factories.session(workspace, device_name="Shop desk")
    session_proxy_set(session=session, proxy=proxy_read(proxy.url(password="wrong")))
    type(session).objects.filter(pk=session.pk).update(desired=Desired.STARTED, generation=1)
    return session


def test_wrong_credentials_are_told_and_right_ones_take_effect_at_once(owner, session, proxy):
    row = owner.state(session, State.RECONNECTING)
    assert (row.reason, "wrong" in row.explanation) == (Reason.PROXY_FAILED, False)
    assert proxy.address in row.explanation

    assert session_proxy_set(session=session, proxy=proxy_read(proxy.url()))
    owner.state(session, State.SCAN_QR)
    eventually(lambda: qr.current(session.pk), "a QR code")
    assert proxy.tunnels


def test_credentials_that_cannot_be_read_keep_it_from_connecting_directly(owner, session, proxy):
    owner.state(session, State.RECONNECTING)
    type(session).objects.filter(pk=session.pk).update(proxy_credentials="k1:gone:AAAA", generation=2)
    owner.supervisor.reconciler.wake(session.pk)

    row = eventually(lambda: type(session).objects.filter(pk=session.pk, reason=Reason.ENGINE_ERROR).first(), "a word")
    assert f"credentials of the proxy {proxy.address} cannot be read" in row.explanation
    assert not proxy.tunnels

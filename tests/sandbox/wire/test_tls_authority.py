"""The sandbox's own TLS authority."""

import ssl

import pytest

from sessions_app.sandbox.wire.certs import Authority


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> None:
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    ours = client.wrap_bio(to_client, to_server, server_hostname=host)
    pending = {ours, theirs}
    while pending:
        for side in list(pending):
            try:
                side.do_handshake()
                pending.discard(side)
            except ssl.SSLWantReadError:
                continue


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.create()


def test_a_client_that_trusts_it_accepts_its_host(authority):
    client = ssl.create_default_context(cadata=authority.certificate.decode())
    client.verify_flags |= ssl.VERIFY_X509_STRICT  # by itself from Python 3.13 on
    handshake(authority.server_context(("wasim000.invalid",)), client, "wasim000.invalid")


def test_another_host_is_not_covered(authority):
    client = ssl.create_default_context(cadata=authority.certificate.decode())
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(authority.server_context(("wasim000.invalid",)), client, "web.whatsapp.com")


def test_a_stranger_does_not_accept_it(authority):
    client = ssl.create_default_context(cadata=Authority.create().certificate.decode())
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(authority.server_context(("wasim000.invalid",)), client, "wasim000.invalid")

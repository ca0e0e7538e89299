"""A real client is linked by a QR code."""

import io

import pytest
import segno
from PIL import Image

from sessions_app.sandbox.client import SandboxClientError


def test_it_links_a_client(sandbox, alice, fresh):
    device = fresh.link(alice)
    assert device["device"] == 1
    assert device["platform"] == "Neonize"
    assert fresh.wait("paired")["jid"] == f"{alice.number}@s.whatsapp.net"
    assert alice.wait_device_online(1)["prekeys"] > 0


def test_it_reads_a_picture_of_the_code(alice, fresh):
    picture = io.BytesIO()
    segno.make(fresh.wait("qr")["qr"]).save(picture, kind="png", scale=4)
    assert alice.scan_picture(picture.getvalue())["device"] == 1
    fresh.wait("connected")


def test_it_refuses_a_picture_without_a_code(alice):
    picture = io.BytesIO()
    Image.new("L", (200, 200), 255).save(picture, "png")
    with pytest.raises(SandboxClientError, match="no_qr"):
        alice.scan_picture(picture.getvalue())


def test_it_refuses_what_is_no_picture(alice):
    with pytest.raises(SandboxClientError, match="picture_unreadable"):
        alice.scan_picture(b"not a picture")


def test_it_refuses_a_foreign_text(alice):
    with pytest.raises(SandboxClientError, match="qr_invalid"):
        alice.scan("https://example.com/")


def test_it_refuses_a_code_of_somebody_else(alice, fresh):
    qr = fresh.wait("qr")["qr"]
    ref = qr.partition("#")[2].partition(",")[0]
    with pytest.raises(SandboxClientError, match="ref_unknown") as refused:
        alice.scan(qr.replace(ref, "somewhere-else"))
    assert refused.value.status == 410


def test_it_knows_the_code_of_a_client_that_was_linked(alice, client):
    with pytest.raises(SandboxClientError, match="ref_expired"):
        alice.scan(client.wait("qr")["qr"])


@pytest.mark.parametrize("what", ["hmac", "signature"])
def test_the_client_refuses_a_forged_offer(alice, fresh, what):
    with pytest.raises(SandboxClientError, match="refused"):
        alice.scan(fresh.wait("qr")["qr"], tamper=what)
    assert fresh.wait("login_status")["status"] == "error"
    assert alice.devices() == []


def test_an_offline_phone_cannot_scan(alice, fresh):
    alice.vanish()
    with pytest.raises(SandboxClientError, match="phone_offline"):
        alice.scan(fresh.wait("qr")["qr"])

"""Files go both ways, encrypted and through the media server."""

import hashlib
import io

import pytest
from PIL import Image


@pytest.fixture
def png() -> bytes:
    picture = io.BytesIO()
    Image.effect_noise((320, 200), 60).save(picture, "png")
    return picture.getvalue()


def test_the_client_sends_a_picture(carl, client, png, tmp_path):
    (tmp_path / "picture.png").write_bytes(png)
    sent = client.call("send_file", to=carl.number, kind="image", path=str(tmp_path / "picture.png"), caption="look")
    message = carl.wait_message(id=sent)
    assert (message["kind"], message["caption"]) == ("image", "look")
    assert message["media"]["length"] == len(png)
    assert message["media"]["sha256"] == hashlib.sha256(png).hexdigest()
    assert carl.media(sent) == png


def test_the_client_sends_a_document(carl, client, tmp_path):
    data = b"%PDF-1.4 " + bytes(range(256)) * 4000
    (tmp_path / "paper.pdf").write_bytes(data)
    sent = client.call(
        "send_file", to=carl.number, kind="document", path=str(tmp_path / "paper.pdf"), filename="paper.pdf"
    )
    message = carl.wait_message(id=sent)
    assert message["kind"] == "document"
    assert message["media"]["filename"] == "paper.pdf"
    assert carl.media(sent) == data


@pytest.mark.parametrize("kind", ["image", "video", "audio", "voice", "document", "sticker"])
def test_a_phone_sends_a_file(alice, carl, client, png, kind):
    sent = carl.send_media(alice.number, kind, png, filename="a.bin" if kind == "document" else "")
    message = client.wait("message", id=sent["id"])
    assert client.call("download", raw=message["raw"]) == png.hex()
    assert alice.media(sent["id"]) == png


def test_files_survive_a_restart(own_sandbox, tmp_path, png):
    process = own_sandbox("--state", tmp_path / "state")
    alice, carl = process.client.create_phone(), process.client.create_phone()
    sent = alice.send_media(carl.number, "image", png)
    carl.wait_message(id=sent["id"])
    process.restart()
    assert process.client.phone(carl.number).media(sent["id"]) == png

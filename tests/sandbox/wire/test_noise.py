"""The Noise handshake against an initiator written from the specification."""

import hashlib

import pytest
from cryptography.exceptions import InvalidTag

from sessions_app.sandbox import protos
from sessions_app.sandbox.crypto.curve import KeyPair, verify
from sessions_app.sandbox.wire.certs import noise_certificate
from sessions_app.sandbox.wire.noise import (
    FrameBuffer,
    HandshakeError,
    Responder,
    SymmetricState,
    Transport,
    frame,
)


class Initiator:
    """A client's half."""

    def __init__(self) -> None:
        self.static, self.ephemeral, self.state = KeyPair.generate(), KeyPair.generate(), SymmetricState()

    def hello(self) -> bytes:
        self.state.mix_hash(self.ephemeral.public)
        message = protos.wa6.HandshakeMessage()
        message.clientHello.ephemeral = self.ephemeral.public
        return message.SerializeToString()

    def finish(self, answer: bytes, payload: bytes) -> bytes:
        hello = protos.wa6.HandshakeMessage.FromString(answer).serverHello
        self.state.mix_hash(hello.ephemeral)
        self.state.mix_key(self.ephemeral.agree(hello.ephemeral))
        self.server_static = self.state.open(hello.static)
        self.state.mix_key(self.ephemeral.agree(self.server_static))
        self.certificate = self.state.open(hello.payload)
        message = protos.wa6.HandshakeMessage()
        message.clientFinish.static = self.state.seal(self.static.public)
        self.state.mix_key(self.static.agree(hello.ephemeral))
        message.clientFinish.payload = self.state.seal(payload)
        return message.SerializeToString()

    def transport(self) -> Transport:
        to_server, to_client = self.state.split()
        return Transport(to_client, to_server)


@pytest.fixture
def root() -> KeyPair:
    return KeyPair.generate()


@pytest.fixture
def static() -> KeyPair:
    return KeyPair.generate()


@pytest.fixture
def responder(root, static) -> Responder:
    return Responder(static, noise_certificate(root, static))


def test_both_sides_agree(responder):
    client = Initiator()
    finished = responder.finish(client.finish(responder.hello(client.hello()), b"payload"))
    assert finished.payload == b"payload"
    assert finished.client_static == client.static.public
    theirs = client.transport()
    for number in range(3):
        assert finished.transport.open(theirs.seal(b"up %d" % number)) == b"up %d" % number
        assert theirs.open(finished.transport.seal(b"down")) == b"down"


def test_the_certificate_leads_from_the_root_to_the_static_key(responder, root, static):
    client = Initiator()
    client.finish(responder.hello(client.hello()), b"")
    assert client.server_static == static.public
    chain = protos.cert.CertChain.FromString(client.certificate)
    parse = protos.cert.CertChain.NoiseCertificate.Details.FromString
    intermediate, leaf = parse(chain.intermediate.details), parse(chain.leaf.details)
    assert verify(root.public, chain.intermediate.details, chain.intermediate.signature)
    assert verify(intermediate.key, chain.leaf.details, chain.leaf.signature)
    assert (intermediate.issuerSerial, leaf.issuerSerial) == (0, intermediate.serial)
    assert leaf.key == static.public


def test_a_changed_finish_is_refused(responder):
    client = Initiator()
    finish = bytearray(client.finish(responder.hello(client.hello()), b"payload"))
    finish[-1] ^= 1
    with pytest.raises(HandshakeError):
        responder.finish(bytes(finish))


@pytest.mark.parametrize("data", [b"", b"\xff\xff\xff", b"\x12\x02\x0a\x00"])
def test_no_handshake_message_is_refused(responder, data):
    with pytest.raises(HandshakeError):
        responder.hello(data)


def test_a_frame_opens_once_only(responder):
    client = Initiator()
    transport = responder.finish(client.finish(responder.hello(client.hello()), b"")).transport
    sealed = client.transport().seal(b"once")
    transport.open(sealed)
    with pytest.raises(InvalidTag):
        transport.open(sealed)


def test_frames_are_cut_wherever_the_stream_breaks():
    data = b"WA\x06\x03" + frame(b"one") + frame(b"") + frame(hashlib.sha512(b"x").digest() * 2000)
    for step in (1, 3, 7, 5000, len(data)):
        buffer, frames = FrameBuffer(), []
        for at in range(0, len(data), step):
            frames += buffer.feed(data[at : at + step])
        assert [len(each) for each in frames] == [3, 0, 128000]


def test_another_header_is_refused():
    with pytest.raises(HandshakeError):
        FrameBuffer().feed(b"GET / HTTP/1.1")

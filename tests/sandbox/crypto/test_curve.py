"""Curve25519 agreement and XEdDSA signatures."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_app.sandbox.crypto.curve import InvalidKeyError, KeyPair, raw_public, verify


def test_it_agrees_on_the_secret_of_rfc_7748() -> None:
    bob = KeyPair.from_private(bytes.fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"))
    assert bob.public.hex() == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
    alice = bytes.fromhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    assert bob.agree(alice).hex() == "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"


@settings(max_examples=25)
@given(message=st.binary(max_size=200))
def test_it_verifies_its_own_signature(message: bytes) -> None:
    pair = KeyPair.generate()
    assert verify(pair.public, message, pair.sign(message))


def test_it_rejects_another_message_key_or_bit() -> None:
    pair = KeyPair.generate()
    signature = pair.sign(b"message")
    assert not verify(pair.public, b"messagf", signature)
    assert not verify(KeyPair.generate().public, b"message", signature)
    assert not verify(pair.public, b"message", bytes([signature[0] ^ 1]) + signature[1:])
    assert not verify(pair.public, b"message", signature[:63])


def test_it_verifies_the_sign_bit_form_of_older_signers() -> None:
    """The vector of libsignal's curve tests."""
    public = bytes.fromhex("ab7e717d4a163b7d9a1d8071dfe9dcf8cdcd1cea3339b6356be84d887e322c64")
    message = bytes.fromhex("05edce9d9c415ca78cb7252e72c2c4a554d3eb29485a0e1d503118d1a82d99fb4a")
    signature = bytes.fromhex(
        "5de88ca9a89b4a115da79109c67c9c7464a3e4180274f1cb8c63c2984e286dfb"
        "ede82deb9dcd9fae0bfbb821569b3d9001bd8130cd11d486cef047bd60b86e88"
    )
    assert verify(public, message, signature)
    assert not verify(public, message, signature[:63] + bytes([signature[63] ^ 0x80]))


def test_it_rejects_keys_that_cannot_be_used() -> None:
    with pytest.raises(InvalidKeyError):
        KeyPair.generate().agree(bytes(32))
    with pytest.raises(InvalidKeyError):
        KeyPair.generate().agree(b"short")
    with pytest.raises(InvalidKeyError):
        raw_public(b"\x06" + bytes(32))

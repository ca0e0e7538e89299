"""Linking by code: both sides end with the same secret, if they used the same code."""

import os

import pytest

from sessions_app.sandbox.crypto import paircode
from sessions_app.sandbox.crypto.curve import KeyPair


def exchange(companion_code, phone_code):
    """Both halves of the dialogue; gives the secrets that companion and phone end with."""
    account, identity, companion = KeyPair.generate(), KeyPair.generate(), KeyPair.generate()
    hello = paircode.wrap_public(companion_code, companion.public)
    answer = paircode.Answer(KeyPair.generate(), paircode.unwrap_public(phone_code, hello))
    primary = paircode.unwrap_public(companion_code, paircode.wrap_public(phone_code, answer.primary.public))
    shared, random = companion.agree(primary), os.urandom(32)
    bundle = paircode.seal_bundle(shared, identity.public, account.public, random)
    secret = paircode.adv_secret(shared, identity.agree(account.public), random)
    return secret, paircode.open_bundle(answer, bundle, account=account, companion_identity=identity.public)


def test_both_sides_agree_on_the_secret():
    code = paircode.new_code()
    companion, phone = exchange(code, code)
    assert companion == phone


def test_it_rejects_another_code():
    with pytest.raises(paircode.WrongCodeError):
        exchange("ABCD1234", "ABCD1235")


def test_it_reads_codes_as_people_type_them():
    assert paircode.normalize_code("abcd-1234 ") == "ABCD1234"
    for text in ("", "ABC", "ABCD-123O", "ABCD-12345", "ABCD-123ß"):
        with pytest.raises(paircode.WrongCodeError):
            paircode.normalize_code(text)

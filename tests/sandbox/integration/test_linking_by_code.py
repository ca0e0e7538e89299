"""A real client is linked by a pairing code."""

import pytest

from sessions_app.sandbox.client import SandboxClientError


def test_it_links_a_client(alice, carl, fresh):
    code = fresh.call("pair_phone", phone=alice.number)
    assert len(code) == 9
    assert alice.pair(code)["device"] == 1
    fresh.wait("connected")
    fresh.send(carl, "linked by code")
    carl.wait_message(text="linked by code")


def test_case_and_dash_do_not_matter(alice, fresh):
    code = fresh.call("pair_phone", phone=alice.number)
    alice.pair(code.replace("-", "").lower())
    fresh.wait("connected")


def test_a_wrong_code_links_nothing(alice, fresh):
    code = fresh.call("pair_phone", phone=alice.number)
    wrong = ("2" if code[0] != "2" else "3") + code[1:]
    with pytest.raises(SandboxClientError, match="code_wrong"):
        alice.pair(wrong)
    assert alice.devices() == []


def test_a_new_code_works_after_a_wrong_one(alice, fresh):
    code = fresh.call("pair_phone", phone=alice.number)
    with pytest.raises(SandboxClientError, match="code_wrong"):
        alice.pair("22222222" if not code.startswith("2") else "33333333")
    alice.pair(fresh.call("pair_phone", phone=alice.number))
    fresh.wait("connected")


def test_a_code_that_nobody_asked_for(alice):
    with pytest.raises(SandboxClientError, match="no_code_requested"):
        alice.pair("ABCD-1234")


def test_a_number_that_is_not_on_whatsapp(fresh):
    with pytest.raises(RuntimeError):
        fresh.call("pair_phone", phone="999000000003")

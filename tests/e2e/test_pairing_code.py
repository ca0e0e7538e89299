"""Linking by a pairing code and talking, over REST alone."""

import pytest

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api, eventually
from tests.e2e.platform import Platform


@pytest.mark.feature("pairing_code")
def test_a_program_links_a_phone_by_pairing_code_and_talks(platform: Platform) -> None:
    sandbox, api = SandboxClient(platform.sandbox_url), Api(platform)
    own, friend = sandbox.create_phone("34600200001"), sandbox.create_phone("34600200002", auto_receipt="read")
    session_id = api.session_create("By code")["id"]

    shown = api.post(f"/sessions/{session_id}/pairing-code", {"phone": "+34 600 200 001"})
    assert len(shown["code"]) == 9
    own.pair(shown["code"])
    session = api.wait_state(session_id, "CONNECTED")
    assert session["phone"] == "+34600200001"

    sent = api.send(session_id, "+34600200002", "By code alone")
    friend.wait_message(text="By code alone")
    friend.send("34600200001", text="Got it")
    eventually(lambda: api.messages(session_id, direction="in"), "the answer in the list")
    eventually(lambda: api.message(session_id, sent["id"])["state"] == "read", "the read tick")

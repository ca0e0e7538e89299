"""Every error has the same shape and a clear code."""

import pytest

from sessions_app.sandbox.client import SandboxClientError


@pytest.fixture
def api(sandbox_process):
    return sandbox_process.client


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/nothing", None, 404, "not_found"),
        ("PUT", "/phones", None, 405, "method_not_allowed"),
        ("GET", "/phones/123456", None, 404, "not_found"),
        ("POST", "/phones", {"phone": "abc"}, 400, "invalid"),
        ("POST", "/phones", {"phone": 12345}, 400, "invalid"),
        ("POST", "/phones", {"colour": "red"}, 400, "invalid"),
        ("POST", "/phones", {"auto_receipt": "maybe"}, 400, "invalid"),
        ("POST", "/faults", {"kind": "nothing"}, 400, "invalid"),
        ("POST", "/faults", {"kind": "reset", "speed": 1}, 400, "invalid"),
        ("POST", "/faults", {"kind": "reset", "account": "123456"}, 404, "not_found"),
        ("POST", "/faults", {"kind": "poison", "event": "dance"}, 400, "invalid"),
        ("DELETE", "/faults/99", None, 404, "not_found"),
    ],
)
def test_it_refuses(api, method, path, body, status, code):
    with pytest.raises(SandboxClientError) as refused:
        api.request(method, path, json=body)
    assert (refused.value.status, refused.value.code) == (status, code)


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_it_refuses_what_is_no_json_object(api, body):
    with pytest.raises(SandboxClientError, match="invalid"):
        api.request("POST", "/phones", content=body)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"text": "a", "media": {}},
        {"text": 5},
        {"media": {"kind": "hologram", "data": ""}},
        {"media": {"kind": "image", "data": "?"}},
        {"media": {"kind": "image", "data": "ünïcode"}},
        {"reaction": {"id": "unknown", "emoji": "x"}},
    ],
)
def test_it_refuses_a_message(api, message):
    phone = api.create_phone()
    with pytest.raises(SandboxClientError, match=r"invalid|not_found"):
        phone.send(phone.number, **message)


def test_it_refuses_to_write_to_nobody(api):
    with pytest.raises(SandboxClientError, match="not_found"):
        api.create_phone().send("999000000009", "hello")


def test_a_number_is_taken_once(api):
    number = api.create_phone().number
    with pytest.raises(SandboxClientError, match="exists"):
        api.create_phone(number)

"""The Python client against the running platform."""

import itertools
import threading
from collections.abc import Iterator

import pytest
from whatsapp_client import Client, Event, Refused, verified

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api, eventually
from tests.e2e.platform import Platform
from tests.webhooks.receiver import HOST, Receiver


@pytest.fixture(scope="module")
def client(platform: Platform) -> Iterator[Client]:
    """With a key of its own, as a program has."""
    scopes = ["read", "send", "control", "settings", "webhooks"]
    key = Api(platform).post("/keys", {"name": "Client", "scopes": scopes})["key"]
    with Client(platform.url, key) as made:
        yield made


@pytest.fixture(scope="module")
def session(client: Client, platform: Platform) -> str:
    """Linked by the client alone."""
    phone = SandboxClient(platform.sandbox_url).create_phone(name="Client")
    made = client.session_create("By the client", provider="sandbox", labels=["client"])
    client.start(made["id"])
    client.wait_state(made["id"], "SCAN_QR", timeout=180)
    code = client.qr(made["id"])
    assert code is not None
    assert client.qr_picture(made["id"]).startswith(b"\x89PNG")
    phone.scan(code["qr"])
    assert client.wait_state(made["id"], "CONNECTED", timeout=180)["phone"] == f"+{phone.number}"
    return made["id"]


def test_it_finds_and_changes_sessions(client: Client, session: str) -> None:
    assert client.qr(session) is None
    assert client.session_change(session, metadata={"customer": "7"})["metadata"] == {"customer": "7"}
    spare = [client.session_create(f"Spare {number}", labels=["spare"])["id"] for number in range(3)]
    assert {each["id"] for each in client.sessions(label="spare", limit=2)} == set(spare)
    client.session_delete(spare[0])
    with pytest.raises(Refused) as refused:
        client.session(spare[0])
    assert (refused.value.status, refused.value.code) == (404, "session_not_found")


def test_it_sends_once_under_one_key(client: Client, session: str, platform: Platform) -> None:
    friend = SandboxClient(platform.sandbox_url).create_phone(name="Friend")
    first = client.send(session, f"+{friend.number}", text="Hello", key=f"k-{session}", wait=20)
    again = client.send(session, f"+{friend.number}", text="Hello", key=f"k-{session}")
    assert first["id"] == again["id"]
    assert first["state"] in {"sent", "delivered"}
    poll = client.send(session, f"+{friend.number}", "poll", question="Tea?", options=["Yes", "No"], wait=20)
    assert poll["content"]["options"] == ["Yes", "No"]
    media = client.upload("note.txt", b"a note")
    client.send(session, f"+{friend.number}", "document", media={"id": media["id"]}, wait=20)
    assert [each["kind"] for each in client.messages(session, direction="out", limit=2)] == ["document", "poll", "text"]
    with pytest.raises(Refused) as refused:
        client.send(session, "nobody", text="x")
    assert refused.value.fields["to"]


def test_events_go_on_after_the_web_process_died(client: Client, session: str, platform: Platform) -> None:
    texts = [f"event {number}" for number in range(4)]
    seen: list[Event] = []
    stream = client.events("message", session=session)

    def read() -> None:
        seen.extend(itertools.islice(stream, len(texts)))

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    eventually(lambda: stream.position, "the stream begins")
    api = Api(platform)
    for text in texts[:2]:
        api.post(f"/sessions/{session}/simulated-message", {"text": text})
    platform.kill("web")
    platform.wait_restarted("web")
    path = f"/sessions/{session}/simulated-message"
    eventually(lambda: api.http.get("/sessions").is_success, "web answers again")
    for text in texts[2:]:
        api.post(path, {"text": text})
    reader.join(120)
    assert [event["payload"]["text"] for event in seen] == texts
    resumed = client.events("message", session=session, since=seen[1]["sequence"])
    assert [event["id"] for event in itertools.islice(resumed, 2)] == [event["id"] for event in seen[2:]]


def test_it_verifies_what_a_webhook_brings(client: Client, session: str) -> None:
    with Receiver(host=HOST) as receiver:
        hook = client.call("POST", f"/sessions/{session}/webhooks", json={"url": receiver.url, "events": ["message"]})
        client.call("POST", f"/sessions/{session}/simulated-message", json={"text": "signed"})
        receiver.wait(1)
        request = receiver.accepted[0]
        assert verified(hook["secret"], request.headers, request.body)["payload"]["text"] == "signed"
        client.call("DELETE", f"/webhooks/{hook['id']}")

"""Chats, people, calls and history through REST and the WebSocket, on the whole product."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from sessions_app.sandbox.client import Phone, SandboxClient
from tests.e2e.api import Api, Listener, eventually
from tests.e2e.platform import Platform
from tests.media import samples

OWN, FRIEND = "34600100061", "34600100062"


@pytest.fixture(scope="module")
def api(platform: Platform) -> Api:
    return Api(platform)


@pytest.fixture(scope="module")
def friend(sandbox: SandboxClient) -> Phone:
    return sandbox.create_phone(FRIEND, name="Ana")


@pytest.fixture(scope="module")
def base(api: Api, sandbox: SandboxClient) -> str:
    """A linked session whose phone tells its past."""
    own = sandbox.create_phone(OWN, name="Front desk", past_chats=30, past_messages=10)
    carla = sandbox.create_phone(name="Carla")
    for caption in ("The beach", "The mountains"):
        sent = carla.send_media(OWN, "image", samples.picture("PNG"), caption=caption)
        own.wait_message(id=sent["id"])
    return f"/sessions/{api.session_link('People', own, history_sync='full')}"


def rows(api: Api, path: str, count: int) -> list[dict[str, Any]]:
    """What a list holds, once it holds so many."""

    def complete() -> list[dict[str, Any]] | None:
        found = api.get(path, limit=200)["results"]
        return found if len(found) == count else None

    return eventually(complete, f"{count} rows of {path}")


@pytest.fixture
def events(api: Api, base: str):
    with api.listen(base.rpartition("/")[2]) as listener:
        yield listener


def test_the_phones_history_becomes_chats_that_can_be_searched(api: Api, base: str) -> None:
    chats = rows(api, f"{base}/chats", 31)
    assert sum(chat["archived"] for chat in chats) == 3
    chat = next(chat for chat in chats if chat["name"] == "Past 7")
    history = rows(api, f"{base}/chats/{chat['jid']}/messages", 10)
    assert [message["text"][13] for message in history] == list("9876543210")
    found = api.get(f"{base}/messages", q="past message 3 chat 21")["results"]
    assert [message["text"] for message in found] == ["Past message 3 of chat 21"]
    session = base.rpartition("/")[2]

    def told() -> bool:
        """Each piece of the past is announced once it is stored."""
        synced = api.get("/events", session=session, event="history.synced")["results"]
        return sum(event["payload"]["messages"] for event in synced) >= 300

    eventually(told, "history.synced of all messages")
    assert api.get("/events", session=session, event="message")["results"] == []


def test_files_of_the_past_are_fetched_on_demand(api: Api, base: str, sandbox: SandboxClient, events: Listener) -> None:
    def picture(caption: str) -> dict[str, Any]:
        found = eventually(lambda: api.get(f"{base}/messages", q=caption)["results"], caption)
        return dict(found[0])

    def fetched(message: dict[str, Any], state: str) -> dict[str, Any]:
        assert message["content"]["media"]["state"] == "remote"
        assert api.http.post(f"{base}/messages/{message['id']}/media/download").status_code == 202
        done = events.wait_for("message.media", lambda payload: payload["id"] == message["id"])
        media: dict[str, Any] = done["payload"]["content"]["media"]
        assert media["state"] == state, done
        return media

    url = fetched(picture("beach"), "stored")["url"]
    assert api.http.get(f"{api.platform.url}{url}").content == samples.picture("PNG")
    sandbox.fault("media_gone")
    gone = picture("mountains")
    fetched(gone, "failed")
    sandbox.clear_faults()
    answer = api.http.post(f"{base}/messages/{gone['id']}/media/download")
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "media_gone")


@pytest.mark.feature("mark_read", "chat_presence")
def test_a_chat_is_read_and_its_sender_hears_of_it(api: Api, base: str, friend: Phone, events: Listener) -> None:
    sent = friend.send(OWN, "Are you there?")
    events.wait_for("message", lambda payload: payload["wa_id"] == sent["id"])
    assert api.get(f"{base}/chats/+{FRIEND}")["unread"] == 1
    assert api.post(f"{base}/chats/+{FRIEND}/read") == {"receipts": 1}
    friend.wait_receipt(sent["id"], type="read")
    assert api.get(f"{base}/chats/+{FRIEND}")["unread"] == 0
    api.http.post(f"{base}/chats/+{FRIEND}/typing", json={"state": "recording"}).raise_for_status()
    friend.wait_notice("typing", state="recording")
    friend.presence("composing", to=OWN)
    events.wait_for("presence.update", lambda payload: payload["presence"] == "typing")
    known = api.get(f"{base}/chats/+{FRIEND}/presence")
    assert (known["typing"]["presence"], known["online"]) == ("typing", None)


@pytest.mark.feature(
    "user_info", "is_on_whatsapp", "profile_about_set", "privacy", "privacy_set", "block", "unblock", "blocklist"
)
def test_people_profile_and_block_list(api: Api, base: str, friend: Phone, sandbox: SandboxClient) -> None:
    friend.card(about="At the beach", business="Ana Ltd")
    shown = api.get(f"{base}/contacts/+{FRIEND}")
    assert (shown["about"], shown["business_name"], shown["lid"]) == ("At the beach", "Ana Ltd", friend.info()["lid"])
    assert api.get(f"{base}/contacts/{shown['lid']}/addresses")["jid"] == f"{FRIEND}@s.whatsapp.net"
    assert api.get(f"{base}/contacts/+{FRIEND}/picture") == {"id": None, "url": None}
    numbers = [f"+{FRIEND}", "+34600999999"]
    first = api.post(f"{base}/contacts/check", {"phones": numbers})["results"]
    again = api.post(f"{base}/contacts/check", {"phones": numbers})["results"]
    assert [each["exists"] for each in first] == [True, False]
    assert [each["cached"] for each in first + again] == [False, False, True, True]
    changed = api.http.patch(f"{base}/profile", json={"about": "Open until six"}).raise_for_status().json()
    assert changed["about"] == sandbox.phone(OWN).card()["about"] == "Open until six"
    privacy = api.http.patch(f"{base}/privacy", json={"online": "match_last_seen"}).raise_for_status().json()
    assert (privacy["online"], privacy["about"]) == ("match_last_seen", "all")
    assert api.post(f"{base}/blocklist", {"contact": f"+{FRIEND}"})["results"] == [shown["lid"]]
    assert api.get(f"{base}/blocklist")["results"] == [shown["lid"]]
    assert api.http.delete(f"{base}/blocklist/+{FRIEND}").json()["results"] == []


@pytest.mark.feature("profile_picture_set")
def test_the_own_picture(api: Api, base: str, sandbox: SandboxClient) -> None:
    data = base64.b64encode(samples.picture()).decode()
    answer = api.http.put(f"{base}/profile/picture", json={"data": data})
    assert answer.status_code == 204, answer.text
    assert api.get(f"{base}/profile")["picture_id"] == sandbox.phone(OWN).card()["picture_id"] != ""
    for wrong in (base64.b64encode(b"no picture").decode(), "?", "ünïcode"):
        bad = api.http.put(f"{base}/profile/picture", json={"data": wrong})
        assert (bad.status_code, list(bad.json()["error"]["fields"])) == (400, ["data"])
    for method, path in (("DELETE", "profile/picture"), ("GET", f"contacts/+{FRIEND}/business")):
        answer = api.http.request(method, f"{base}/{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (501, "unsupported")


@pytest.mark.feature("profile_picture", "profile_name_set", "lid_for", "phone_for")
def test_who_somebody_is(api: Api, base: str, sandbox: SandboxClient) -> None:
    other = sandbox.create_phone(name="Other")
    other.card(picture=base64.b64encode(samples.picture()).decode())
    lid = api.get(f"{base}/contacts/+{other.number}")["lid"]
    assert api.get(f"{base}/contacts/+{other.number}/picture")["id"] == other.card()["picture_id"]
    pair = {"jid": f"{other.number}@s.whatsapp.net", "lid": lid}
    assert [api.get(f"{base}/contacts/{address}/addresses") for address in (lid, f"+{other.number}")] == [pair, pair]
    changed = api.http.patch(f"{base}/profile", json={"name": "The desk"}).raise_for_status().json()
    assert changed["name"] == "The desk"
    assert api.get(f"{base}/profile")["name"] == "The desk"


@pytest.mark.feature("presence", "presence_subscribe")
def test_somebody_comes_online(api: Api, base: str, friend: Phone, events: Listener) -> None:
    api.http.post(f"{base}/presence", json={"available": True}).raise_for_status()
    api.http.post(f"{base}/chats/+{FRIEND}/presence").raise_for_status()
    api.get(f"{base}/contacts/+{FRIEND}")  # answered after the subscription has been taken
    friend.presence("available")
    events.wait_for("presence.update", lambda payload: payload["presence"] == "available")


@pytest.mark.feature("contacts")
def test_contacts_are_kept_with_the_names_of_the_phones_address_book(
    api: Api, base: str, sandbox: SandboxClient, friend: Phone
) -> None:
    sandbox.phone(OWN).save_contact(FRIEND, "Ana Flores")

    def known() -> dict[str, Any] | None:
        found = api.get(f"{base}/contacts", search="ana flores", refresh="true")["results"]
        return found[0] if found else None

    ana = eventually(known, "the address book")
    assert (ana["phone"], ana["full_name"]) == (f"+{FRIEND}", "Ana Flores")
    assert api.get(f"{base}/contacts", search="Past 3")["results"][0]["push_name"] == "Past 3"
    named = api.http.put(f"{base}/contacts/+{FRIEND}", json={"name": "The florist"}).raise_for_status().json()
    assert (named["name"], named["full_name"]) == ("The florist", "Ana Flores")
    friend.send(OWN, "Your flowers are ready")

    def chats() -> list[dict[str, Any]]:
        return list(api.get(f"{base}/chats", search="The florist")["results"])

    assert eventually(chats, "the name in the list of chats")[0]["phone"] == f"+{FRIEND}"


@pytest.mark.feature("call_reject")
def test_a_session_refuses_calls_by_itself_and_says_so_once(
    api: Api, base: str, friend: Phone, events: Listener
) -> None:
    def change(**settings: Any) -> None:
        api.http.patch(base, json=settings).raise_for_status()

    def about(call_id: str) -> Callable[[dict[str, Any]], bool]:
        return lambda payload: bool(payload["content"]["call_id"] == call_id)

    change(reject_calls=True, reject_calls_text="Please write to us.")
    for number in range(2):
        call_id = friend.call(OWN)
        rejected = events.wait_for("call.rejected", about(call_id))
        assert rejected["payload"]["content"]["status"] == "rejected"
        friend.wait_notice("call", event="reject", call_id=call_id)
        if number == 0:
            friend.wait_message(text="Please write to us.")
    change(reject_calls=False)
    assert [each["text"] for each in friend.messages()].count("Please write to us.") == 1


@pytest.mark.feature("call_reject")
def test_a_call_is_rejected(api: Api, base: str, friend: Phone, events: Listener) -> None:
    call_id = friend.call(OWN)
    events.wait_for("call.received", lambda payload: payload["content"]["call_id"] == call_id)
    assert api.post(f"{base}/calls/{call_id}/reject")["content"]["status"] == "rejected"
    friend.wait_notice("call", event="reject", call_id=call_id)
    assert api.http.post(f"{base}/calls/{call_id}/reject").json()["error"]["code"] == "call_over"


def test_a_message_that_cannot_be_read_waits_for_its_second_coming(
    api: Api, base: str, friend: Phone, events: Listener, sandbox: SandboxClient
) -> None:
    device = sandbox.phone(OWN).devices()[0]["device"]
    sandbox.fault("garble", account=OWN, device=device)
    sent = friend.send(OWN, "Garbled at first")
    waiting = events.wait_for("message.waiting", lambda payload: payload["wa_id"] == sent["id"])
    arrived = events.wait_for("message", lambda payload: payload["wa_id"] == sent["id"])
    assert arrived["payload"]["id"] == waiting["payload"]["id"]
    assert arrived["payload"]["text"] == "Garbled at first"


def test_what_the_engine_cannot_do_says_so(api: Api, base: str) -> None:
    for method, rest in (("PATCH", ""), ("POST", "/labels")):
        answer = api.http.request(
            method, f"{base}/chats/+{FRIEND}{rest}", json={"archived": True} if not rest else None
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (501, "unsupported")


def test_a_chat_is_forgotten(api: Api, base: str, events: Listener) -> None:
    assert api.http.delete(f"{base}/chats/+{FRIEND}").status_code == 204
    events.wait_for("chat.deleted", lambda payload: payload["jid"].startswith(FRIEND))
    assert api.http.get(f"{base}/chats/+{FRIEND}").status_code == 404
    assert api.messages(base.rpartition("/")[2], chat=f"+{FRIEND}") == []

"""Several clients ask for the very same change at once: each gets an answer, and none a failure of the server."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api
from tests.e2e.platform import Platform
from tests.media import samples

AT_ONCE = 6
NOBODY = "00000000-0000-7000-8000-000000000000"
Body = dict[str, Any]


class Crowd:
    """`asks` the same `AT_ONCE` times and keeps what went wrong; names of `ids` stand for what was made before."""

    def __init__(self, api: Api, workspace: str, **ids: str) -> None:
        self.api, self.ids = api, {"workspace": workspace, **ids}
        self.wrong: list[str] = []

    def asks(self, method: str, path: str, body: Body | None = None, *, name: str = "") -> list[Body]:
        """The answers that went well. The first one's id is kept under `name`."""
        answers = self._at_once(method, path.format(**self.ids), self._filled(body))
        statuses = Counter(answer.status_code for answer in answers)
        if max(statuses) >= httpx.codes.INTERNAL_SERVER_ERROR or not any(answer.is_success for answer in answers):
            texts = sorted({answer.text[:300] for answer in answers if not answer.is_success})
            self.wrong.append(f"{method} {path}: {dict(statuses)} {texts}")
        made = [answer.json() for answer in answers if answer.is_success and answer.content]
        if name:
            self.ids[name] = made[0]["id"] if made else NOBODY
        return made

    def _filled(self, body: Body | None) -> Body:
        text = json.dumps(body or {})
        for name, value in self.ids.items():
            text = text.replace(f'"<{name}>"', json.dumps(value))
        filled: Body = json.loads(text)
        return filled

    def _at_once(self, method: str, path: str, body: Body) -> list[httpx.Response]:
        answers: list[httpx.Response] = []
        together = threading.Barrier(AT_ONCE)

        def ask() -> None:
            client = httpx.Client(base_url=self.api.http.base_url, headers=self.api.http.headers, timeout=60)
            with client:
                client.get("/me")  # the connection is there
                together.wait(60)
                answers.append(client.request(method, path, json=body))

        threads = [threading.Thread(target=ask) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(answers) == AT_ONCE, "some got no answer at all"
        return answers


def later() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


@pytest.fixture
def crowd(platform: Platform) -> Iterator[Crowd]:
    api = Api(platform)
    with api.workspace("Crowd") as workspace:
        yield Crowd(api, workspace)


def test_people_lists_and_consent(crowd: Crowd) -> None:
    here = {"workspace": "<workspace>"}
    made = crowd.asks("POST", "/audience/contacts", {"to": "+34600999001", **here}, name="contact")
    assert len({each["id"] for each in made}) == 1
    crowd.asks("PATCH", "/audience/contacts/{contact}", {"tags": ["a"], "attributes": {"city": "Lugo"}})
    crowd.asks("POST", "/audience/lists", {"name": "Spring", **here}, name="list")
    changed = crowd.asks("POST", "/audience/lists/{list}/members", {"addressees": ["<contact>"]})
    assert sorted(each["changed"] for each in changed) == [0] * (AT_ONCE - 1) + [1]
    crowd.asks("DELETE", "/audience/lists/{list}/members", {"addressees": ["<contact>"]})
    crowd.asks("PATCH", "/audience/lists/{list}", {"name": "Summer"})
    crowd.asks("POST", "/audience/segments", {"name": "A", "rules": {}, **here}, name="segment")
    crowd.asks("PUT", "/audience/segments/{segment}", {"name": "B", "rules": {"tags_all": ["a"]}})
    made = crowd.asks("POST", "/audience/suppressions", {"to": "+34600999002", **here}, name="suppression")
    assert len({each["id"] for each in made}) == 1
    crowd.asks("PUT", "/broadcasts/consent", {"enabled": True, "stop_words": ["STOP"], **here})
    crowd.asks("DELETE", "/audience/suppressions/{suppression}")
    crowd.asks("DELETE", "/audience/segments/{segment}")
    crowd.asks("DELETE", "/audience/lists/{list}")
    crowd.asks("DELETE", "/audience/contacts/{contact}")
    assert crowd.wrong == []


def test_templates_keys_webhooks_and_members(crowd: Crowd) -> None:
    here = {"workspace": "<workspace>"}
    crowd.asks("POST", "/templates", {"name": "hello", "content": {"text": "Hi {{name}}"}, **here}, name="template")
    crowd.asks("PATCH", "/templates/{template}", {"content": {"text": "Hello {{name}}"}})
    crowd.asks("DELETE", "/templates/{template}")
    crowd.asks("POST", "/keys", {"name": "Crowd", "scopes": ["read"], **here}, name="key")
    crowd.asks("PATCH", "/keys/{key}", {"name": "Other"})
    crowd.asks("DELETE", "/keys/{key}")
    crowd.asks("POST", "/webhooks", {"url": "http://127.0.0.2:9/", **here}, name="webhook")
    crowd.asks("PATCH", "/webhooks/{webhook}", {"name": "Other", "headers": {"X-A": "b"}})
    crowd.asks("POST", "/webhooks/{webhook}/secrets", {"overlap_hours": 1})
    crowd.asks("POST", "/webhooks/{webhook}/disable")
    crowd.asks("POST", "/webhooks/{webhook}/enable")
    crowd.asks("POST", "/webhooks/{webhook}/ping")
    crowd.asks("DELETE", "/webhooks/{webhook}")
    person = {"username": "crowded", "role": "operator", "invite": True}
    crowd.asks("POST", "/workspaces/{workspace}/members", person, name="member")
    crowd.asks("PATCH", "/workspaces/{workspace}/members/{member}", {"role": "viewer"})
    crowd.asks("DELETE", "/workspaces/{workspace}/members/{member}")
    crowd.asks("PATCH", "/workspaces/{workspace}", {"message_keep_days": 10, "bodies": "encrypted"})
    assert crowd.wrong == []


def test_a_session_its_messages_and_a_broadcast(platform: Platform) -> None:
    api, sandbox = Api(platform), SandboxClient(platform.sandbox_url)
    session, friend = api.session_link("Crowd", sandbox.create_phone()), sandbox.create_phone()
    crowd = Crowd(api, api.session(session)["workspace"], session=session, friend=f"+{friend.number}")
    at = "/sessions/{session}"
    crowd.asks("PATCH", at, {"metadata": {"a": "b"}, "labels": ["crowd"], "rate_per_minute": 6000})
    crowd.asks("PUT", f"{at}/contacts/{{friend}}", {"name": "Friend"})
    crowd.asks("POST", f"{at}/contacts/check", {"phones": ["<friend>"], "fresh": True})
    crowd.asks("POST", f"{at}/messages?wait=20", {"to": "<friend>", "text": "Hello"}, name="message")
    crowd.asks("POST", f"{at}/messages", {"to": "<friend>", "text": "x", "scheduled_at": later()}, name="later")
    crowd.asks("PATCH", f"{at}/messages/{{later}}", {"text": "y"})
    crowd.asks("POST", f"{at}/messages/{{later}}/cancel")
    crowd.asks("PUT", f"{at}/messages/{{message}}/reaction", {"emoji": "👍"})
    crowd.asks("PATCH", f"{at}/messages/{{message}}", {"text": "Hello!"})
    crowd.asks("POST", f"{at}/simulated-message", {"text": "Hi"})
    crowd.asks("POST", f"{at}/chats/{{friend}}/read")
    crowd.asks("DELETE", f"{at}/messages/{{message}}")
    crowd.asks("DELETE", f"{at}/messages/{{message}}?for=me")
    crowd.asks("DELETE", f"{at}/chats/{{friend}}")
    campaign = {
        "name": "Crowd",
        "sessions": ["<session>"],
        "audience": {"contacts": ["<contact>", "<second>"]},
        "pace": {"per_hour": 1},  # or it could be over before it is paused
        "variants": [{"content": {"text": "Hi"}}],
    }
    crowd.asks("POST", "/audience/contacts", {"to": f"+{friend.number}"}, name="contact")
    crowd.asks("POST", "/audience/contacts", {"to": f"+{sandbox.create_phone().number}"}, name="second")
    crowd.asks("POST", "/broadcasts", campaign, name="broadcast")
    crowd.asks("PATCH", "/broadcasts/{broadcast}", {"name": "Other"})
    crowd.asks("POST", "/broadcasts/{broadcast}/check")
    for verb in ("launch", "pause", "resume", "cancel", "clone"):
        crowd.asks("POST", f"/broadcasts/{{broadcast}}/{verb}")
    crowd.asks("DELETE", "/broadcasts/{broadcast}")
    for verb in ("stop", "start", "restart", "logout"):
        crowd.asks("POST", f"{at}/{verb}")
    crowd.asks("DELETE", at)
    assert crowd.wrong == []


def test_one_file_many_times(crowd: Crowd) -> None:
    data = samples.picture()
    answer = crowd.api.http.post("/media", params={"workspace": crowd.ids["workspace"]}, files={"file": ("a", data)})
    crowd.ids["media"] = answer.raise_for_status().json()["id"]
    crowd.asks("DELETE", "/media/{media}")
    assert crowd.wrong == []

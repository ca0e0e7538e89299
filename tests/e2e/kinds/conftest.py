"""One linked account and one friend for all kinds of message; each test talks about things of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sessions_app.sandbox.client import Phone, SandboxClient
from tests.e2e.api import Api, Listener, eventually
from tests.e2e.platform import Platform

OWN, FRIEND = "34600110001", "34600110002"
Json = dict[str, Any]


@dataclass
class Talk:
    """A program with a linked account (`own` is its phone), and a friend's phone."""

    api: Api
    events: Listener
    session: str
    own: Phone
    friend: Phone

    def post(self, kind: str, **body: Any) -> Json:
        """Send and wait until it was sent."""
        message = self.api.settled(self.session, f"/{kind}", body)
        assert message["state"] in ("sent", "delivered", "read"), message
        return message

    def send(self, kind: str, **body: Any) -> Json:
        """Send to the friend, and what the friend's phone made of it."""
        message = self.post(kind, to=f"+{FRIEND}", **body)
        return self.arrived(message)

    def arrived(self, message: Json) -> Json:
        return self.friend.wait_message(id=message["wa_id"])

    def write(self, text: str | None = None, **content: Any) -> Json:
        """The friend writes; the message as the API shows it."""
        sent = self.friend.send(OWN, text, **content)
        return self.heard("message", sent["id"])

    def heard(self, event: str, wa_id: str) -> Json:
        payload: Json = self.events.wait_for(event, lambda payload: payload["wa_id"] == wa_id)["payload"]
        return payload

    def message(self, message_id: str) -> Json:
        return self.api.message(self.session, message_id)

    def until(self, message_id: str, holds: Callable[[Json], Any]) -> Json:
        def look() -> Json | None:
            message = self.message(message_id)
            return message if holds(message) else None

        return eventually(look, f"the change of message {message_id}")


@pytest.fixture(scope="package")
def talk(platform: Platform) -> Iterator[Talk]:
    sandbox = SandboxClient(platform.sandbox_url)
    own, friend = sandbox.create_phone(OWN, name="Shop"), sandbox.create_phone(FRIEND, name="Ana")
    api = Api(platform)
    session = api.session_link("Kinds", own)
    with api.listen(session) as events:
        yield Talk(api, events, session, own, friend)

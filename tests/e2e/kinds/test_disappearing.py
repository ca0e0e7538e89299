"""Disappearing messages: the timer is set here and on phones, and what is sent follows it."""

import pytest

from sessions_app.sandbox.client import wait_until

from .conftest import FRIEND, OWN, Json, Talk

DAY, WEEK = 86_400, 604_800


def put(talk: Talk, path: str, seconds: int) -> Json:
    answer = talk.api.http.put(f"/sessions/{talk.session}/{path}/disappearing", json={"seconds": seconds})
    assert answer.is_success, answer.text
    return dict(answer.json()) if answer.content else {}


def context(message: Json) -> Json:
    return dict(message["raw"].get("extendedTextMessage", {}).get("contextInfo", {}))


@pytest.mark.feature("chat_timer")
def test_the_timer_of_a_chat_is_set_and_followed(talk: Talk) -> None:
    assert put(talk, f"chats/+{FRIEND}", DAY)["disappearing"] == DAY
    seen = talk.friend.wait_message(kind="protocol", text="EPHEMERAL_SETTING")
    setting = seen["raw"]["protocolMessage"]
    assert setting["ephemeralExpiration"] == DAY
    carried = context(talk.send("text", text="Gone tomorrow"))
    assert (carried["expiration"], carried["ephemeralSettingTimestamp"]) == (DAY, setting["ephemeralSettingTimestamp"])
    assert context(talk.send("text", text="This one stays", expires=0)) == {}
    location = talk.send("location", latitude=1, longitude=2)
    assert location["raw"]["locationMessage"]["contextInfo"]["expiration"] == DAY

    later = int(setting["ephemeralSettingTimestamp"]) + 5
    for seconds in (WEEK, 0):
        later += 1
        protocol = {"type": "EPHEMERAL_SETTING", "ephemeralExpiration": seconds, "ephemeralSettingTimestamp": later}
        talk.friend.send(OWN, protobuf={"protocolMessage": protocol})
        talk.events.wait_for(
            "chat.update",
            lambda payload, seconds=seconds: payload["disappearing"] == seconds,  # type: ignore[misc]
        )
    assert talk.api.get(f"/sessions/{talk.session}/chats/+{FRIEND}")["disappearing"] == 0
    assert context(talk.send("text", text="This one stays too")) == {}


@pytest.mark.feature("default_timer")
def test_new_chats_can_begin_with_a_timer(talk: Talk) -> None:
    put(talk, "privacy", WEEK)
    wait_until(lambda: talk.own.card()["timer"] == WEEK, what="the default timer")
    put(talk, "privacy", 0)

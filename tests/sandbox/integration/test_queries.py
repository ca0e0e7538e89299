"""What a client asks about people and groups."""

import pytest


def test_who_is_on_whatsapp(carl, client):
    answers = client.call("is_on_whatsapp", numbers=[carl.number, "999000000001"])
    assert [is_in for _, is_in in answers] == [True, False]


def test_nobody_is_in_a_group(client):
    assert client.call("joined_groups") == 0


def test_nobody_is_blocked(client):
    assert client.call("blocklist") == []


def test_what_is_known_about_a_person(carl, client):
    assert client.call("user_info", to=carl.number)


def test_nobody_has_a_picture(carl, client):
    with pytest.raises(RuntimeError):
        client.call("profile_picture", to=carl.number)


def test_everything_a_client_asks_on_its_way_is_known(sandbox, alice, carl, client):
    client.announce()
    client.send(carl, "hello")
    sent = carl.send(alice.number, "hello too")
    message = client.wait_text("hello too")
    client.call("mark_read", ids=[sent["id"]], chat=message["chat"], sender=message["sender"])
    assert sandbox.stats()["unknown_iqs"] == {}

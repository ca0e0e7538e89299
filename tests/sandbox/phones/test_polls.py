"""Votes are encrypted for those who know the poll."""

import pytest

from sessions_app.sandbox.phones import content
from sessions_app.sandbox.phones.polls import NotAPollError
from tests.sandbox.phones.town import GROUP, Town


@pytest.fixture
def town():
    town = Town("alice", "bob", "carol")
    town.carry(
        town["alice"]
        .send(town["bob"].lid, content.poll("Days?", ["Mo", "Tu", "We"], selectable=0), message_id="P1")
        .outgoing
    )
    return town


def test_the_author_sees_the_vote(town):
    town.carry(town["bob"].vote("P1", ["Mo", "We"]).outgoing)
    vote = town.received[-1][1]
    assert (vote.kind, vote.text, vote.target_id) == ("poll_vote", "Mo, We", "P1")


def test_a_vote_can_be_taken_back(town):
    town.carry(town["bob"].vote("P1", []).outgoing)
    assert town.received[-1][1].text == ""


def test_everyone_in_a_group_sees_the_vote(town):
    town.group("alice", "bob", "carol")
    town.carry(town["alice"].send(GROUP, content.poll("Lunch?", ["yes", "no"]), message_id="P2").outgoing)
    town.received.clear()
    town.carry(town["bob"].vote("P2", ["yes"]).outgoing)
    assert sorted((who, message.text) for who, message in town.received) == [("alice", "yes"), ("carol", "yes")]


@pytest.mark.parametrize(("poll", "options"), [("P1", ["Su"]), ("P9", ["Mo"])])
def test_it_rejects_what_is_no_option(town, poll, options):
    with pytest.raises(NotAPollError):
        town["bob"].vote(poll, options)


def test_it_rejects_a_vote_in_something_else(town):
    town.carry(town["alice"].send(town["bob"].lid, content.text("x"), message_id="T1").outgoing)
    with pytest.raises(NotAPollError):
        town["bob"].vote("T1", ["x"])

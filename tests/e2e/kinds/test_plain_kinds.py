"""Texts, places, cards: sent to a phone that decrypts them, and received from it."""

import pytest

from .conftest import FRIEND, OWN, Talk

VCARD = "BEGIN:VCARD\nVERSION:3.0\nN:;Eva;;;\nFN:Eva\nTEL;type=CELL;waid=34600555666:+34 600 555 666\nEND:VCARD"


@pytest.mark.feature("send.text", "send.mentions", "send.quote", "send.expires")
def test_a_text_mentions_answers_and_disappears(talk: Talk) -> None:
    asked = talk.write("How long are you open?")
    got = talk.send("text", text=f"Until six, @{FRIEND}", mentions=[f"+{FRIEND}"], quoted=asked["id"], expires=86_400)
    context = got["raw"]["extendedTextMessage"]["contextInfo"]
    assert (got["kind"], got["text"], got["quoted_id"]) == ("text", f"Until six, @{FRIEND}", asked["wa_id"])
    assert context["quotedMessage"] == {"conversation": "How long are you open?"}
    assert context["mentionedJID"] == [f"{FRIEND}@s.whatsapp.net"]
    assert context["expiration"] == 86_400


@pytest.mark.feature("receive.text", "receive.mentions", "receive.quote", "receive.expires", "receive.forwarded")
def test_a_text_arrives_with_what_it_carries(talk: Talk) -> None:
    sent = talk.send("text", text="We are open")
    got = talk.write("Thanks!", quoted=sent["id"], mentions=[OWN], expires=604_800, forwarded=2)
    context = got["content"]["context"]
    quoted = context.pop("quoted")
    assert got["content"]["text"] == "Thanks!"
    assert got["quoted_id"] == quoted["wa_id"] == sent["id"]
    assert talk.message(quoted["message"])["text"] == quoted["text"] == "We are open"
    assert (quoted["from_me"], quoted["kind"]) == (True, "text")
    assert context["expires"] == 604_800
    assert (context["forwarded"], context["forwarding_score"]) == (True, 2)
    assert len(context["mentions"]) == 1


@pytest.mark.feature("send.location", "receive.location")
def test_a_place(talk: Talk) -> None:
    got = talk.send("location", latitude=40.4168, longitude=-3.7038, name="Sol", address="Madrid")
    assert (got["kind"], got["text"], got["caption"]) == ("location", "40.416800,-3.703800", "Sol")
    assert got["raw"]["locationMessage"]["address"] == "Madrid"

    got = talk.write(location={"latitude": 41.5, "longitude": 2.25, "name": "Port"})
    assert (got["kind"], got["text"]) == ("location", "Port")
    assert got["content"] == {"latitude": 41.5, "longitude": 2.25, "name": "Port"}


@pytest.mark.feature("send.live_location", "receive.live_location")
def test_a_place_that_moves(talk: Talk) -> None:
    got = talk.send("live-location", latitude=1.5, longitude=2.5, caption="On my way", accuracy=5, sequence=7)
    assert (got["kind"], got["caption"]) == ("live_location", "On my way")
    assert got["raw"]["liveLocationMessage"]["sequenceNumber"] == "7"

    positions = [
        talk.write(live_location={"latitude": 1.25 * number, "longitude": 2, "sequence": number}) for number in (1, 2)
    ]
    assert [each["content"]["sequence"] for each in positions] == [1, 2]
    assert [each["content"]["latitude"] for each in positions] == [1.25, 2.5]


@pytest.mark.feature("send.contact", "receive.contact")
def test_cards(talk: Talk) -> None:
    phones = [{"number": "+34 600 111 222", "type": "Work"}]
    got = talk.send("contact", contacts=[{"name": "Ana; García", "phones": phones, "organization": "Ajo, S.L."}])
    card = got["raw"]["contactMessage"]
    assert (got["kind"], card["displayName"]) == ("contact", "Ana; García")
    assert "waid=34600111222:+34600111222" in card["vcard"]
    assert "FN:Ana\\; García" in card["vcard"]

    got = talk.send("contact", contacts=[{"vcard": VCARD}, {"name": "Bob", "phones": phones}])
    assert [card["displayName"] for card in got["raw"]["contactsArrayMessage"]["contacts"]] == ["Eva", "Bob"]

    got = talk.write(contacts=[{"name": "Eva", "vcard": VCARD}, {"name": "Max", "vcard": "BEGIN:VCARD\nEND:VCARD"}])
    assert (got["kind"], got["text"]) == ("contact", "Eva, Max")
    eva = {"name": "Eva", "phones": [{"number": "+34 600 555 666", "jid": "34600555666@s.whatsapp.net"}]}
    assert got["content"]["contacts"][0] == {**eva, "vcard": VCARD}


@pytest.mark.feature("send.event", "receive.event")
def test_an_event(talk: Talk) -> None:
    starts = "2030-01-31T12:00:00.000Z"
    got = talk.send("event", name="Tasting", starts_at=starts, location="Cellar")
    assert (got["kind"], got["text"]) == ("event", "Tasting")
    assert got["raw"]["eventMessage"]["startTime"] == "1896091200"

    got = talk.write(protobuf={"eventMessage": {"name": "Party", "startTime": "1896091200", "isCanceled": True}})
    assert got["kind"] == "event"
    assert got["content"] == {"name": "Party", "starts_at": starts, "canceled": True}


@pytest.mark.feature("receive.unknown")
def test_what_nobody_knows_is_kept_as_it_is(talk: Talk) -> None:
    got = talk.write(protobuf={"orderMessage": {"orderID": "A1"}})
    assert (got["kind"], got["text"], got["content"]) == ("unknown", "", {})


@pytest.mark.feature("receive.pin", "receive.keep", "receive.group_invite")
def test_what_people_do_beside_writing(talk: Talk) -> None:
    sent = talk.send("text", text="Pin me")
    key = {"remoteJID": "1@lid", "fromMe": False, "ID": sent["id"]}
    pinned = talk.write(protobuf={"pinInChatMessage": {"key": key, "type": "PIN_FOR_ALL"}})
    assert (pinned["kind"], pinned["content"]["pinned"]) == ("pin", True)
    assert pinned["content"]["target"]["text"] == "Pin me"
    kept = talk.write(protobuf={"keepInChatMessage": {"key": key, "keepType": "KEEP_FOR_ALL"}})
    assert (kept["kind"], kept["content"]["kept"]) == ("keep", True)
    invite = talk.write(protobuf={"groupInviteMessage": {"groupJID": "1@g.us", "inviteCode": "X", "groupName": "Crew"}})
    assert (invite["kind"], invite["content"]["name"]) == ("group_invite", "Crew")

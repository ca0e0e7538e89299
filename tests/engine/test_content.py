"""Reading messages: protobuf in, kind, text and reference out."""

import pytest

from sessions_app.engine.base import Person
from sessions_app.engine.errors import EngineError, InvalidTarget, NotConnected, OutcomeUnknown, Refused
from sessions_app.engine.refusals import OF_MESSAGES
from sessions_app.sandbox import protos  # first: it imports neonize without its native library

# isort: split
from sessions_app.engine.whatsapp import jids
from sessions_app.engine.whatsapp.events import message_received, receipt_received
from sessions_app.engine.whatsapp.failures import translate
from sessions_app.engine.whatsapp.incoming import Content, read_content
from sessions_app.engine.whatsapp.library import pb

M = protos.e2e.Message
KEY = {"ID": "TARGET", "remoteJID": "1@lid"}
QUOTE = {"stanzaID": "QUOTED"}


@pytest.mark.parametrize(
    ("message", "content"),
    [
        (M(conversation="hi"), Content("text", "hi")),
        (M(extendedTextMessage={"text": "hi", "contextInfo": QUOTE}), Content("text", "hi", "QUOTED")),
        (M(imageMessage={"caption": "look", "contextInfo": QUOTE}), Content("image", "look", "QUOTED")),
        (M(videoMessage={}), Content("video")),
        (M(audioMessage={"PTT": True}), Content("voice")),
        (M(audioMessage={"PTT": False}), Content("audio")),
        (M(documentMessage={"fileName": "a.pdf"}), Content("document", "a.pdf")),
        (M(documentMessage={"title": "t", "caption": "read"}), Content("document", "read")),
        (M(stickerMessage={}), Content("sticker")),
        (M(locationMessage={"name": "Café", "degreesLatitude": 1.0}), Content("location", "Café")),
        (M(liveLocationMessage={"caption": "on my way"}), Content("live_location", "on my way")),
        (M(contactMessage={"displayName": "Ana"}), Content("contact", "Ana")),
        (M(pollCreationMessageV3={"name": "Lunch?"}), Content("poll", "Lunch?")),
        (M(reactionMessage={"key": KEY, "text": "👍"}), Content("reaction", "👍", "TARGET")),
        (M(reactionMessage={"key": KEY, "text": ""}), Content("reaction", "", "TARGET")),
        (M(protocolMessage={"type": "REVOKE", "key": KEY}), Content("revoke", "", "TARGET")),
        (
            M(protocolMessage={"type": "MESSAGE_EDIT", "key": KEY, "editedMessage": {"conversation": "new"}}),
            Content("edit", "new", "TARGET"),
        ),
        (M(buttonsResponseMessage={"selectedDisplayText": "Yes"}), Content("button_reply", "Yes")),
        (M(ephemeralMessage={"message": {"conversation": "gone soon"}}), Content("text", "gone soon")),
        (M(viewOnceMessageV2={"message": {"imageMessage": {"caption": "once"}}}), Content("image", "once")),
        (M(conversation="hi", messageContextInfo={}, senderKeyDistributionMessage={}), Content("text", "hi")),
        (M(pollUpdateMessage={"pollCreationMessageKey": KEY}), Content("poll_vote", "", "TARGET")),
        (M(orderMessage={}), Content("unknown")),
        (M(), Content("unknown")),
    ],
    ids=lambda value: value.kind if isinstance(value, Content) else "",
)
def test_it_reads_what_people_send(message, content):
    assert read_content(message) == content


@pytest.mark.parametrize(
    "message",
    [
        M(senderKeyDistributionMessage={"groupID": "1@g.us"}),
        M(senderKeyDistributionMessage={"groupID": "1@g.us"}, messageContextInfo={}),
        M(protocolMessage={"type": "APP_STATE_SYNC_KEY_SHARE"}),
        M(protocolMessage={"type": "HISTORY_SYNC_NOTIFICATION"}, messageContextInfo={}),
        M(protocolMessage={"type": "EPHEMERAL_SETTING"}),
        M(messageContextInfo={}),
    ],
)
def test_it_drops_what_only_the_protocol_says(message):
    assert read_content(message) is None


# ---- events ----------------------------------------------------------------------------------------

ME = Person(jid="34600000001@s.whatsapp.net", lid="901@lid")


def nobody(person):
    """As if no phone number were known."""
    return person


def jid(text, device=0):
    user, _, server = text.partition("@")
    return pb.JID(User=user, Server=server, Device=device, RawAgent=0, Integrator=0, IsEmpty=not text)


def source(chat, sender, **more):
    fields = {"SenderAlt": "", "RecipientAlt": "", "BroadcastListOwner": "", **more}
    flags = {name: fields.pop(name) for name in ("IsFromMe", "IsGroup") if name in fields}
    return pb.MessageSource(
        Chat=jid(chat),
        Sender=jid(sender, device=3),
        **{"IsFromMe": False, "IsGroup": False, **flags},
        **{name: jid(value) for name, value in fields.items()},
    )


def event(message_source, message=None, **info):
    return pb.Message(
        Info=pb.MessageInfo(
            MessageSource=message_source,
            ID="ID1",
            Timestamp=1_700_000_000_123,
            Pushname="Ana",
            Category=info.get("category", ""),
        ),
        Message=message or M(conversation="hi"),
    )


def test_a_private_message_has_both_addresses_without_device():
    got = message_received("s", event(source("5@lid", "5@lid", SenderAlt="34611@s.whatsapp.net")), ME, nobody)
    assert got is not None
    assert got.chat == got.sender == Person(jid="34611@s.whatsapp.net", lid="5@lid")
    assert got.timestamp == pytest.approx(1_700_000_000.123)


def test_a_message_of_a_group_names_the_group_and_its_writer():
    got = message_received(
        "s", event(source("12036@g.us", "5@lid", SenderAlt="34611@s.whatsapp.net", IsGroup=True)), ME, nobody
    )
    assert got is not None
    assert got.chat == Person(jid="12036@g.us")
    assert got.sender == Person(jid="34611@s.whatsapp.net", lid="5@lid")


def test_our_own_message_names_the_other_side_as_chat():
    got = message_received(
        "s", event(source("5@lid", "901@lid", RecipientAlt="34611@s.whatsapp.net", IsFromMe=True)), ME, nobody
    )
    assert got is not None
    assert (got.chat, got.sender, got.from_me) == (Person(jid="34611@s.whatsapp.net", lid="5@lid"), ME, True)


def test_a_status_is_a_chat_of_its_own():
    got = message_received("s", event(source("status@broadcast", "5@lid")), ME, nobody)
    assert got is not None
    assert got.chat == Person(jid="status@broadcast")


def test_messages_between_our_own_devices_are_dropped():
    assert message_received("s", event(source("901@lid", "901@lid"), category="peer"), ME, nobody) is None


def test_the_raw_message_is_json_with_bytes_as_base64():
    got = message_received("s", event(source("5@lid", "5@lid"), M(imageMessage={"mediaKey": b"\x00\xff"})), ME, nobody)
    assert got is not None
    assert got.raw["message"] == {"imageMessage": {"mediaKey": "AP8="}}


def receipt(kind, **flags):
    return pb.Receipt(
        MessageSource=source("5@lid", "5@lid", **flags),
        MessageIDs=["A", "B"],
        Timestamp=17,
        Type=getattr(pb.Receipt, kind),
    )


@pytest.mark.parametrize(
    ("kind", "ours"), [("DELIVERED", "delivered"), ("INACTIVE", "delivered"), ("READ", "read"), ("PLAYED", "played")]
)
def test_receipts_tell_how_far_a_message_got(kind, ours):
    got = receipt_received("s", receipt(kind), nobody)
    assert got is not None
    assert (got.kind, got.wa_ids, got.timestamp) == (ours, ["A", "B"], 17.0)


@pytest.mark.parametrize(
    "kind", ["SENDER", "RETRY", "READ_SELF", "PLAYED_SELF", "SERVER_ERROR", "PEER_MSG", "HISTORY_SYNC"]
)
def test_receipts_of_the_protocol_are_dropped(kind):
    assert receipt_received("s", receipt(kind), nobody) is None


def test_receipts_of_our_own_devices_are_dropped():
    assert receipt_received("s", receipt("READ", IsFromMe=True), nobody) is None


# ---- addresses and errors --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["34600111222@s.whatsapp.net", "1234@lid", "120363000000000000@g.us", "34600111222-1600000000@g.us"]
)
def test_an_address_survives_parsing(text):
    assert jids.text(jids.parse(text)) == text


@pytest.mark.parametrize(
    "text", [None, 5, b"1@lid", "", "1", "@lid", "1@", "1@lid ", "1\n@lid", "١٢٣٤٥@lid", "1@LID", "1@lid@lid"]
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(InvalidTarget):
        jids.parse(text)


def test_an_address_of_another_kind_is_refused():
    with pytest.raises(InvalidTarget):
        jids.parse("1234@lid", jids.PHONE_SERVER)


@pytest.mark.parametrize(("text", "digits"), [("34600111222", "34600111222"), ("+34600111222", "34600111222")])
def test_a_phone_number_may_have_a_plus(text, digits):
    assert jids.phone(text) == digits


@pytest.mark.parametrize("text", [None, "", "++34600111222", "0034600111222", "600 111", "1234", "1" * 21])
def test_what_is_no_phone_number_is_refused(text):
    with pytest.raises(InvalidTarget):
        jids.phone(text)


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("server returned error 463", Refused, "reachout_timelock"),
        ("failed to get user info: info query returned status 429: rate-overlimit", Refused, "whatsapp_rate_limited"),
        ("info query returned status 403: forbidden", Refused, "whatsapp_not_allowed"),
        ("that group invite link has been revoked", Refused, "whatsapp_gone"),
        ("info query returned status 777", Refused, "whatsapp_777"),
        ("no LID found for 34600111222 from server", InvalidTarget, "recipient_not_found"),
        ("websocket not connected", NotConnected, "not_connected"),
        ("the store doesn't contain a device JID", NotConnected, "not_connected"),
        ("timed out waiting for message send response", OutcomeUnknown, "outcome_unknown"),
        ("info query timed out", OutcomeUnknown, "outcome_unknown"),
        ("websocket disconnected before info query returned response", OutcomeUnknown, "outcome_unknown"),
        (b"can't send presence without PushName set", EngineError, "not_ready"),
        ("something new", EngineError, "engine_error"),
    ],
)
def test_the_librarys_texts_become_errors(text, kind, code):
    error = translate(RuntimeError(text))
    assert type(error) is kind
    assert error.code == code


@pytest.mark.parametrize(
    ("text", "kind", "code", "says"),
    [
        ("server returned error 463", Refused, "reachout_timelock", "wait before writing to new people"),
        ("server returned error 429", Refused, "whatsapp_rate_limited", "Wait a while"),
        ("server returned error 404", Refused, "whatsapp_not_found", "Check it"),
        ("server returned error 479", Refused, "whatsapp_bad_request", "malformed"),
        ("server returned error 403", Refused, "whatsapp_not_allowed", "still a member"),
        ("server returned error 777", Refused, "whatsapp_777", "777"),
        ("failed to get user info: info query returned status 429", Refused, "whatsapp_rate_limited", "Wait a while"),
        ("no LID found for 34600111222 from server", InvalidTarget, "recipient_not_found", "not on WhatsApp"),
        ("can't send message to unknown server newsletter", InvalidTarget, "invalid_target", "kind of address"),
        ("websocket not connected", NotConnected, "not_connected", "not connected"),
    ],
)
def test_what_whatsapp_answers_a_message_with_has_a_code_and_a_sentence(text, kind, code, says):
    error = translate(RuntimeError(text), OF_MESSAGES)
    assert (type(error), error.code) == (kind, code)
    assert says in error.text

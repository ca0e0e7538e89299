import socket
import struct
import threading

import pytest

from sessions_app.engine.base import (
    CallChanged,
    ChatRead,
    ChatTimerChanged,
    GroupChanged,
    GroupJoined,
    HistoryReceived,
    MessageReceived,
    MessageWaiting,
    Outgoing,
    Paired,
    PairingCode,
    Person,
    PresenceChanged,
    QrCode,
    ReceiptReceived,
    RestartNeeded,
    SendFinished,
    StartOptions,
    StateChanged,
)
from sessions_app.engine.codec import EVENTS, decode_error, decode_event, encode_error, encode_event, from_map, to_map
from sessions_app.engine.errors import ERRORS, EngineError
from sessions_app.engine.states import Reason, State
from sessions_app.engine.wire import MAX_FRAME, BadFrame, Channel, pack, unpack

PERSON = Person(jid="34600111222@s.whatsapp.net", lid="77@lid")
SAMPLES = [
    StateChanged(session="s", state=State.BANNED, reason=Reason.TEMPORARY_BAN, text="t", expires_at=1.5, at=2.5),
    QrCode(session="s", payload="https://wa.me/#x", index=1, total=6, expires_at=3.0),
    PairingCode(session="s", code="ABCD-1234", phone="34600111222", expires_at=3.0),
    Paired(session="s", jid=PERSON.jid, lid=PERSON.lid, push_name="Ana 🌻", platform="android", at=1.0),
    MessageReceived(
        session="s",
        wa_id="3EB0",
        chat=PERSON,
        sender=Person(lid="1@lid"),
        from_me=False,
        timestamp=1.0,
        kind="image",
        text="día",
        push_name="Ana",
        quoted_id="Q",
        raw={"a": [1, {"b": None}], "c": 2**40},
    ),
    ReceiptReceived(session="s", wa_ids=["1", "2"], chat=PERSON, sender=PERSON, kind="read", timestamp=1.0),
    GroupJoined(session="s", chat=PERSON, group={"subject": "x", "participants": [{"jid": "1@g.us"}]}, how="invite"),
    GroupChanged(session="s", chat=PERSON, sender=PERSON, at=1.0, changes={"left": [{"jid": "", "lid": "1@lid"}]}),
    MessageWaiting(session="s", wa_id="1", chat=PERSON, sender=PERSON, from_me=False, timestamp=1.0, unavailable=True),
    CallChanged(
        session="s", call_id="1", sender=PERSON, chat=PERSON, caller="1@lid", phase="offer", video=True, timestamp=1.0
    ),
    PresenceChanged(session="s", chat=PERSON, sender=PERSON, shows="typing"),
    ChatRead(session="s", chat=PERSON, wa_ids=["1"]),
    ChatTimerChanged(session="s", chat=PERSON, sender=PERSON, seconds=86_400, at=1.0),
    HistoryReceived(
        session="s", sync="recent", progress=50, names=[{"jid": "", "lid": "1@lid", "name": "x"}], last=True
    ),
    SendFinished(session="s", ref="r", error="Refused", error_code="reachout_timelock", error_text="no"),
    RestartNeeded(session="s", scope="host", reason=Reason.ENGINE_CRASHED, text="why"),
]


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: event.type)
def test_an_event_survives_the_way_through_the_wire(event):
    assert decode_event(unpack(pack(encode_event(event))[4:])) == event


def test_every_event_of_the_contract_has_a_sample_and_a_type():
    assert {type(event) for event in SAMPLES} == set(EVENTS.values())


def test_options_and_messages_survive_the_way_through_the_wire():
    options = StartOptions(store="/x", pairing="code", phone="34600111222", proxy="socks5://a:b@c:1", device_name="d")
    message = Outgoing(ref="1", to=PERSON.jid, content={"text": "x", "data": b"\x00\xff"})
    assert from_map(StartOptions, unpack(pack(to_map(options))[4:])) == options
    assert from_map(Outgoing, unpack(pack(to_map(message))[4:])) == message


def test_fields_of_a_newer_peer_are_dropped():
    assert from_map(Person, {"jid": "1@lid", "shoe_size": 44}) == Person(jid="1@lid")


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_keeps_its_class_code_and_text(name):
    error = decode_error(encode_error(ERRORS[name]("what", code="special")))
    assert (type(error), error.code, error.text) == (ERRORS[name], "special", "what")


def test_a_foreign_exception_travels_as_an_engine_error():
    error = decode_error(encode_error(ValueError("odd")))
    assert type(error) is EngineError
    assert "ValueError" in error.text


def test_secrets_are_not_in_the_representation():
    assert "wa.me" not in repr(SAMPLES[1])
    assert "1234" not in repr(SAMPLES[2])
    assert "a:b" not in repr(StartOptions(store="/x", proxy="socks5://a:b@c:1"))


@pytest.fixture
def ends():
    a, b = socket.socketpair()
    with a, b:
        yield a, b


def test_frames_from_many_threads_arrive_whole(ends):
    sender, reader = Channel(ends[0]), Channel(ends[1])
    body = "x" * 100_000

    def work(name):
        for number in range(20):
            sender.send({"name": name, "number": number, "body": body})

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    frames = reader.frames()
    got = [next(frames) for _ in range(80)]
    for name in range(4):
        assert [f["number"] for f in got if f["name"] == name] == list(range(20))
    assert all(f["body"] == body for f in got)


def test_a_frame_cut_short_by_the_peers_death_is_dropped(ends):
    ends[0].sendall(pack({"n": 1}) + pack({"n": 2})[:-1])
    ends[0].close()
    assert list(Channel(ends[1]).frames()) == [{"n": 1}]


def test_an_absurd_length_is_refused_before_memory_is_taken(ends):
    ends[0].sendall(struct.pack(">I", MAX_FRAME + 1))
    with pytest.raises(BadFrame):
        next(Channel(ends[1]).frames())


@pytest.mark.parametrize("body", [b"\xc1", b"\x01", b"\x93\x01\x02\x03", b"\x81\x01"])
def test_what_is_no_map_is_refused(body):
    with pytest.raises(BadFrame):
        unpack(body)


def test_sending_to_a_peer_that_is_gone_raises(ends):
    ends[1].close()
    with pytest.raises(OSError, match=r"Broken pipe|reset"):
        for _ in range(3):
            Channel(ends[0]).send({"n": 1})

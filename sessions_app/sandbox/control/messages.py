"""What phones write, and what they have seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sessions_app.sandbox.control.call import MAX_WAIT, Call, choice, field, invalid
from sessions_app.sandbox.control.compose import compose, find_message
from sessions_app.sandbox.phones.core import new_id
from sessions_app.sandbox.phones.phone import download
from sessions_app.sandbox.server.account import Account
from sessions_app.sandbox.server.errors import SandboxError, not_found
from sessions_app.sandbox.server.http import Response
from sessions_app.sandbox.server.journal import Entry, Journal
from sessions_app.sandbox.server.records import received_as_json
from sessions_app.sandbox.wire.jid import GROUP_SERVER, JID

RECEIPTS = ("read", "played")
STATES = ("composing", "recording", "paused", "available", "unavailable")


async def send(call: Call, number: str) -> dict[str, Any]:
    """Write a message on the phone."""
    account, body = _online(call, number), call.body()
    chat = call.chat(field(body, "to", str))
    if chat.server == GROUP_SERVER and (code := call.sandbox.inbound.groups.refusal(account, chat)):
        raise SandboxError(409, f"group_{code}", "this phone may not write to the group")
    sent = account.phone.send(chat, compose(call, account, body), message_id=field(body, "id", str, None))
    call.sandbox.world.changed(account)
    call.sandbox.router.deliver(sent.outgoing)
    return {"id": sent.id, "timestamp": sent.timestamp}


def _online(call: Call, number: str) -> Account:
    account = call.account(number)
    if not account.settings.online:
        raise SandboxError(409, "phone_offline", "the phone is offline")
    return account


# -- long polls -----------------------------------------------------------------------------------------------------
async def listed(call: Call, number: str) -> dict[str, Any]:
    """What the phone received, decrypted: `?after=N&wait=seconds&chat=&limit=`."""
    account, chat = call.account(number), call.request.query.get("chat")
    wanted = _names(call, call.chat(chat)) if chat else None
    entries = await _poll(call, account.inbox, lambda entry: wanted is None or entry.data["chat"] in wanted)
    return {"messages": [received_as_json(entry.n, entry.data) for entry in entries], "last": account.inbox.last}


def _names(call: Call, chat: JID) -> set[str]:
    """Every address that a chat may be filed under."""
    world = call.sandbox.world
    return {str(jid) for jid in (chat, world.lid(chat), world.phone_number(chat)) if jid is not None}


async def receipts(call: Call, number: str) -> dict[str, Any]:
    """The receipts that the phone's messages got: `?after=N&wait=seconds&id=`."""
    account, wanted = call.account(number), call.request.query.get("id")

    def match(entry: Entry) -> bool:
        return entry.data["kind"] == "receipt" and (wanted is None or wanted in entry.data["ids"])

    entries = await _poll(call, account.notices, match)
    return {"receipts": [{"n": entry.n, **entry.data} for entry in entries], "last": account.notices.last}


async def notices(call: Call, number: str) -> dict[str, Any]:
    """Anything else the phone noticed, receipts included: `?after=N&wait=seconds&kind=`."""
    account, kind = call.account(number), call.request.query.get("kind")
    entries = await _poll(call, account.notices, lambda entry: kind in (None, entry.data["kind"]))
    return {"notices": [{"n": entry.n, **entry.data} for entry in entries], "last": account.notices.last}


async def _poll(call: Call, journal: Journal, match: Callable[[Entry], bool]) -> list[Entry]:
    after, limit = int(call.number("after", 0)), int(call.number("limit", 1000, 5000))
    return (await journal.wait(after, match, call.number("wait", 0, MAX_WAIT)))[:limit]


# -- files ----------------------------------------------------------------------------------------------------------
async def media(call: Call, number: str, message_id: str) -> Response:
    """The decrypted file of a received message."""
    message = find_message(call.account(number), message_id)
    if message.media is None:
        raise not_found(f"a file in message {message_id}")
    try:
        data = download(message, call.sandbox.media.fetch)
    except KeyError as error:
        raise not_found("the uploaded file") from error
    return Response(200, data, {"content-type": message.media.mimetype or "application/octet-stream"})


# -- gestures -------------------------------------------------------------------------------------------------------
async def read(call: Call, number: str) -> dict[str, Any]:
    """Read (or play) received messages: `{ids, type}`."""
    account, body = _online(call, number), call.body()
    kind = choice(body, "type", RECEIPTS, "read")
    messages = [find_message(account, str(each)) for each in field(body, "ids", list)]
    call.sandbox.router.deliver(account.phone.read(messages, played=kind == "played"))
    call.sandbox.world.changed(account)
    return {"receipts": len(messages)}


async def presence(call: Call, number: str) -> dict[str, Any]:
    """Typing towards somebody (`to`), or being available to those who watch: `{state, to}`."""
    account, body = _online(call, number), call.body()
    state = choice(body, "state", STATES)
    if state in ("available", "unavailable"):
        watchers = call.sandbox.presence.watchers(account)
        outgoing = account.phone.presence(watchers, available=state == "available")
    else:
        if "to" not in body:
            raise invalid("to is missing")
        outgoing = account.phone.typing(call.chat(field(body, "to", str)), state)
    call.sandbox.router.deliver(outgoing)
    return {"stanzas": len(outgoing)}


async def call(call: Call, number: str) -> dict[str, Any]:
    """Ring an account: `{to, video}`."""
    account, body = _online(call, number), call.body()
    call_id = new_id()
    outgoing = account.phone.call(call.chat(field(body, "to", str)), call_id, video=field(body, "video", bool, False))
    call.sandbox.router.deliver(outgoing)
    return {"call_id": call_id, "stanzas": len(outgoing)}


async def hang_up(call: Call, number: str, call_id: str) -> dict[str, Any]:
    """Stop ringing: `?to=`."""
    account = _online(call, number)
    outgoing = account.phone.hang_up(call.chat(call.request.query.get("to", "")), call_id)
    call.sandbox.router.deliver(outgoing)
    return {"stanzas": len(outgoing)}

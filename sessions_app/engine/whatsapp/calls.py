"""Requests other than sending, one function each: arguments in, plain data out."""

import re
from collections.abc import Callable
from typing import Any

from sessions_app.engine.errors import EngineError

from . import jids
from .library import ChatPresence, ChatPresenceMedia, Presence, ReceiptType

Arguments = dict[str, Any]
Answer = dict[str, Any]

MESSAGE_ID = re.compile(r"[0-9A-Za-z._-]{1,128}")
PHONES_AT_ONCE = 50
IDS_AT_ONCE = 500


def is_on_whatsapp(client: Any, arguments: Arguments) -> Answer:
    """Which of `phones` have an account: {"results": [{phone, exists, jid, lid}]}."""
    phones = [jids.phone(phone) for phone in _list(arguments, "phones", PHONES_AT_ONCE)]
    answers = client.is_on_whatsapp(*(f"+{phone}" for phone in phones))
    found = {answer.Query.lstrip("+").partition("@")[0]: answer for answer in answers}
    return {"results": [_account(client, phone, found.get(phone)) for phone in phones]}


def lid_for(client: Any, arguments: Arguments) -> Answer:
    """The LID of a phone-number JID as far as this session has met it, or empty."""
    return {"lid": jids.text(client.get_lid_from_pn(jids.parse(arguments.get("jid"), jids.PHONE_SERVER)))}


def phone_for(client: Any, arguments: Arguments) -> Answer:
    """The phone-number JID of a LID as far as this session has met it, or empty."""
    return {"jid": jids.text(client.get_pn_from_lid(jids.parse(arguments.get("lid"), jids.LID_SERVER)))}


def mark_read(client: Any, arguments: Arguments) -> Answer:
    """Tell the sender of `ids` in `chat` that they were read."""
    ids = _list(arguments, "ids", IDS_AT_ONCE)
    if not all(isinstance(wa_id, str) and MESSAGE_ID.fullmatch(wa_id) for wa_id in ids):
        raise _bad("ids")  # neonize joins them with spaces
    chat = jids.parse(arguments.get("chat"))
    sender = jids.parse(arguments.get("sender") or arguments.get("chat"))
    client.mark_read(*ids, chat=chat, sender=sender, receipt=ReceiptType.READ)
    return {}


def chat_presence(client: Any, arguments: Arguments) -> Answer:
    """Show `typing`, `recording` or `paused` in a chat."""
    state, media = ChatPresence.CHAT_PRESENCE_COMPOSING, ChatPresenceMedia.CHAT_PRESENCE_MEDIA_TEXT
    match arguments.get("state"):
        case "typing":
            pass
        case "recording":
            media = ChatPresenceMedia.CHAT_PRESENCE_MEDIA_AUDIO
        case "paused":
            state = ChatPresence.CHAT_PRESENCE_PAUSED
        case _:
            raise _bad("state")
    client.send_chat_presence(jids.parse(arguments.get("chat")), state, media)
    return {}


def presence(client: Any, arguments: Arguments) -> Answer:
    """Appear online or not. Online silences the notifications of the account's phone, so we never do it unasked."""
    client.send_presence(Presence.AVAILABLE if arguments.get("available") else Presence.UNAVAILABLE)
    return {}


METHODS: dict[str, Callable[[Any, Arguments], Answer]] = {
    function.__name__: function for function in (is_on_whatsapp, lid_for, phone_for, mark_read, chat_presence, presence)
}


def _list(arguments: Arguments, name: str, at_most: int) -> list[Any]:
    values = arguments.get(name)
    if not isinstance(values, list) or not 0 < len(values) <= at_most:
        raise _bad(name)
    return values


def _bad(name: str) -> EngineError:
    return EngineError(f"{name} is missing or malformed", code="invalid_arguments")


def _account(client: Any, phone: str, answer: Any) -> Answer:
    if not (answer and answer.IsIn):
        return {"phone": phone, "exists": False, "jid": "", "lid": ""}
    if answer.JID.Server != jids.LID_SERVER:
        return {"phone": phone, "exists": True, "jid": jids.text(answer.JID), "lid": ""}
    # Some countries' numbers are known to WhatsApp in another form than they are dialled: ask for it.
    known = jids.text(client.get_pn_from_lid(answer.JID))
    return {
        "phone": phone,
        "exists": True,
        "jid": known or f"{phone}@{jids.PHONE_SERVER}",
        "lid": jids.text(answer.JID),
    }

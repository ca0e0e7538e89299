"""What others see of the account: typing, recording, online."""

from typing import Any

from sessions_app.engine.whatsapp import jids
from sessions_app.engine.whatsapp.library import ChatPresence, ChatPresenceMedia, Presence

from .arguments import Answer, Arguments, Call, bad


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
            raise bad("state")
    client.send_chat_presence(jids.parse(arguments.get("chat")), state, media)
    return {}


def presence(client: Any, arguments: Arguments) -> Answer:
    """Appear online or not. Online silences the notifications of the account's phone, so we never do it unasked."""
    client.send_presence(Presence.AVAILABLE if arguments.get("available") else Presence.UNAVAILABLE)
    return {}


def presence_subscribe(client: Any, arguments: Arguments) -> Answer:
    """Hear of a person's presence from now on, until the connection ends."""
    target = jids.parse(arguments.get("jid"), jids.PHONE_SERVER, jids.LID_SERVER)
    if target.Server == jids.PHONE_SERVER and not _lid_known(client, target):
        client.get_user_info(target)  # presence comes under the LID: learn now whose it is
    client.subscribe_presence(target)
    return {}


def _lid_known(client: Any, target: Any) -> bool:
    return bool(jids.text(client.get_lid_from_pn(target)))


CALLS: tuple[Call, ...] = (chat_presence, presence, presence_subscribe)

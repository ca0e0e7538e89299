"""From the JSON of a message to the message that a phone writes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from google.protobuf.json_format import ParseDict, ParseError

from sessions_app.sandbox.control.call import Call, choice, field, file_bytes, invalid
from sessions_app.sandbox.phones import content
from sessions_app.sandbox.phones.polls import NotAPollError
from sessions_app.sandbox.phones.results import Received
from sessions_app.sandbox.protos import e2e
from sessions_app.sandbox.server.account import Account
from sessions_app.sandbox.server.errors import not_found
from sessions_app.sandbox.server.records import record_to_received
from sessions_app.sandbox.server.trust import HOST

KINDS = (
    "text",
    "media",
    "album",
    "location",
    "live_location",
    "contact",
    "contacts",
    "poll",
    "vote",
    "reaction",
    "edit",
    "revoke",
    "choice",
    "protobuf",
)


def compose(call: Call, account: Account, body: dict[str, Any]) -> Any:
    """Exactly one of KINDS says what it is."""
    given = [kind for kind in KINDS if body.get(kind) is not None]
    if len(given) != 1:
        raise invalid(f"give exactly one of {', '.join(KINDS)}")
    message = _COMPOSERS[given[0]](call, account, body)
    content.carry(
        message,
        quoted=_quoted(account, body),
        forwarded=field(body, "forwarded", int, 0),
        expires=field(body, "expires", int, 0),
    )
    return message


def _text(call: Call, account: Account, body: dict[str, Any]) -> Any:
    mentions = [call.chat(each) for each in field(body, "mentions", list, [])]
    return content.text(field(body, "text", str), quoted=_quoted(account, body), mentions=mentions)


def _album(_call: Call, _account: Account, body: dict[str, Any]) -> Any:
    album = field(body, "album", dict)
    return content.album(field(album, "images", int, 0), field(album, "videos", int, 0))


def _media(call: Call, account: Account, body: dict[str, Any]) -> Any:
    media = field(body, "media", dict)
    message = _file(call, account, body, media)
    if album := field(media, "album", str, None):
        content.in_album(message, find_message(account, album))
    return message


def _file(call: Call, account: Account, body: dict[str, Any], media: dict[str, Any]) -> Any:
    data, waveform = file_bytes(media, "data"), file_bytes(media, "waveform", "")
    texts = {name: field(media, name, str, "") for name in ("mimetype", "caption", "filename")}
    return content.file(
        choice(media, "kind", tuple(content.FIELDS)),
        data,
        lambda _type, encrypted: upload(call, encrypted),
        seconds=field(media, "seconds", int, 0),
        waveform=waveform,
        view_once=field(media, "view_once", bool, False),
        quoted=_quoted(account, body),
        **texts,
    )


def upload(call: Call, encrypted: bytes) -> tuple[str, str]:
    """Store a file that a phone has encrypted; its URL and direct path."""
    path = call.sandbox.media.save(secrets.token_urlsafe(24), encrypted)
    return f"https://{HOST}{path}", path


def _location(_call: Call, _account: Account, body: dict[str, Any]) -> Any:
    place = field(body, "location", dict)
    latitude, longitude = (float(field(place, name, (int, float))) for name in ("latitude", "longitude"))
    texts = {name: field(place, name, str, "") for name in ("name", "address")}
    return content.location(latitude, longitude, **texts)


def _live_location(_call: Call, _account: Account, body: dict[str, Any]) -> Any:
    place = field(body, "live_location", dict)
    latitude, longitude = (float(field(place, name, (int, float))) for name in ("latitude", "longitude"))
    sequence = field(place, "sequence", int, 1)
    return content.live_location(latitude, longitude, caption=field(place, "caption", str, ""), sequence=sequence)


def _contact(_call: Call, _account: Account, body: dict[str, Any]) -> Any:
    card = field(body, "contact", dict)
    return content.contact(field(card, "name", str), field(card, "vcard", str))


def _contacts(_call: Call, _account: Account, body: dict[str, Any]) -> Any:
    cards = [(field(card, "name", str), field(card, "vcard", str)) for card in field(body, "contacts", list)]
    return content.contacts(cards)


def _poll(_call: Call, _account: Account, body: dict[str, Any]) -> Any:
    poll = field(body, "poll", dict)
    options = [str(option) for option in field(poll, "options", list)]
    return content.poll(field(poll, "question", str), options, selectable=field(poll, "selectable", int, 1))


def _vote(_call: Call, account: Account, body: dict[str, Any]) -> Any:
    vote = field(body, "vote", dict)
    options = [str(option) for option in field(vote, "options", list)]
    try:
        return account.phone.ballot(field(vote, "id", str), options)
    except NotAPollError as error:
        raise invalid(str(error)) from error


def _choice(_call: Call, account: Account, body: dict[str, Any]) -> Any:
    chosen = field(body, "choice", dict)
    message = find_message(account, field(chosen, "id", str))
    return content.choice(message, field(chosen, "option", str), field(chosen, "title", str, ""))


def _protobuf(_call: Call, _account: Account, body: dict[str, Any]) -> Any:
    try:
        return ParseDict(field(body, "protobuf", dict), e2e.Message())
    except ParseError as error:
        raise invalid(f"protobuf: {error}") from error


def _reaction(_call: Call, account: Account, body: dict[str, Any]) -> Any:
    reaction = field(body, "reaction", dict)
    return content.reaction(find_message(account, field(reaction, "id", str)), field(reaction, "emoji", str))


def _edit(_call: Call, account: Account, body: dict[str, Any]) -> Any:
    edit = field(body, "edit", dict)
    return content.edit(find_message(account, field(edit, "id", str)), field(edit, "text", str))


def _revoke(_call: Call, account: Account, body: dict[str, Any]) -> Any:
    return content.revoke(find_message(account, field(field(body, "revoke", dict), "id", str)))


def _quoted(account: Account, body: dict[str, Any]) -> Received | None:
    quoted = field(body, "quoted", str, None)
    return find_message(account, quoted) if quoted else None


def find_message(account: Account, message_id: str) -> Received:
    """A message that the phone has received or written."""
    for entry in reversed(account.inbox.entries):
        if entry.data["id"] == message_id:
            return record_to_received(entry.data)
    if (own := account.phone.find(message_id)) is not None:
        return own
    raise not_found(f"message {message_id}")


_COMPOSERS: dict[str, Callable[[Call, Account, dict[str, Any]], Any]] = {
    "text": _text,
    "media": _media,
    "album": _album,
    "location": _location,
    "live_location": _live_location,
    "contact": _contact,
    "contacts": _contacts,
    "poll": _poll,
    "vote": _vote,
    "choice": _choice,
    "protobuf": _protobuf,
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
}

"""Poll votes, encrypted with the secret that came with the poll (WhatsApp "message secrets")."""

from __future__ import annotations

import hashlib
import itertools
import os
import time
from collections.abc import Iterator, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError

from sessions_app.sandbox.crypto.kdf import hkdf
from sessions_app.sandbox.phones.core import Core, is_shared
from sessions_app.sandbox.phones.log import Entry
from sessions_app.sandbox.phones.reading import POLL_FIELDS, unwrap
from sessions_app.sandbox.protos import e2e
from sessions_app.sandbox.wire.jid import JID

_USE = b"Poll Vote"


class NotAPollError(ValueError):
    """The message is no poll, its secret is missing, or it has no such option."""


def vote(core: Core, poll: Entry, options: Sequence[str]) -> Any:
    """A vote of this phone; no options take an earlier vote back."""
    message = poll.parsed()
    secret, known = message.messageContextInfo.messageSecret, _options(message)
    if not secret or not set(options) <= set(known.values()):
        raise NotAPollError("this message has no such options")
    creator = JID.parse(poll.sender).bare()
    key, associated = _derive(secret, poll.id, str(creator), str(core.lid))
    iv = os.urandom(12)
    choice = e2e.PollVoteMessage(selectedOptions=[_hash(option) for option in options])
    update = e2e.PollUpdateMessage(senderTimestampMS=int(time.time() * 1000))
    update.vote.encIV = iv
    update.vote.encPayload = AESGCM(key).encrypt(iv, choice.SerializeToString(), associated)
    update.pollCreationMessageKey.remoteJID = poll.chat
    update.pollCreationMessageKey.fromMe = core.is_own(creator)
    update.pollCreationMessageKey.ID = poll.id
    if is_shared(JID.parse(poll.chat)):
        update.pollCreationMessageKey.participant = str(creator)
    return e2e.Message(pollUpdateMessage=update)


def chosen(core: Core, entry: Entry) -> list[str]:
    """The options that a vote names; none if the poll is not known or the vote is not meant for it."""
    update = unwrap(entry.parsed()).pollUpdateMessage
    poll = core.log.by_id(update.pollCreationMessageKey.ID)
    if poll is None:
        return []
    message = poll.parsed()
    secret, known = message.messageContextInfo.messageSecret, _options(message)
    for creator, voter in itertools.product(_names(core, poll.sender), _names(core, entry.sender)):
        key, associated = _derive(secret, poll.id, creator, voter)
        try:
            plaintext = AESGCM(key).decrypt(update.vote.encIV, update.vote.encPayload, associated)
            hashes = e2e.PollVoteMessage.FromString(plaintext).selectedOptions
        except (InvalidTag, ValueError, DecodeError):
            continue
        return [known[each] for each in hashes if each in known]
    return []


def _options(message: Any) -> dict[bytes, str]:
    message = unwrap(message)
    polls = [getattr(message, field) for field in POLL_FIELDS if message.HasField(field)]
    return {_hash(option.optionName): option.optionName for poll in polls for option in poll.options}


def _names(core: Core, device: str) -> Iterator[str]:
    """Clients write people's LID or phone number into the key."""
    account = JID.parse(device).bare()
    yield str(account)
    if (number := core.directory.phone_number(account)) is not None:
        yield str(number)


def _derive(secret: bytes, poll_id: str, creator: str, voter: str) -> tuple[bytes, bytes]:
    key = hkdf(secret, 32, info=poll_id.encode() + creator.encode() + voter.encode() + _USE)
    return key, f"{poll_id}\0{voter}".encode()


def _hash(option: str) -> bytes:
    return hashlib.sha256(option.encode()).digest()

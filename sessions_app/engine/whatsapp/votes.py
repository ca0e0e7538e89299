"""Opening votes in polls. They are encrypted with the poll's secret, which the library has kept in its store."""

import logging
from dataclasses import replace
from typing import Any

from sessions_app.engine.base import MessageReceived
from sessions_app.engine.gate import gate

from .library import NeonizeError

log = logging.getLogger(__name__)

NONCE, TAG = 12, 16


def opened(client: Any, event: Any, received: MessageReceived | None) -> MessageReceived | None:
    """A vote with `option_hashes` (hex of SHA-256 of each name) in its details; without, when it cannot be opened.

    Called from the library's callback: it must be brief.
    """
    if received is None or received.kind != "poll_vote" or not _well_formed(event.Message):
        return received
    with gate.brief_entry() as entered:
        if not entered:
            return received
        try:
            vote = client.decrypt_poll_vote(event)
        except NeonizeError as error:
            log.info("a vote cannot be opened: %s", error)
            return received
    hashes = [option.hex() for option in vote.selectedOptions]
    return replace(received, details={**received.details, "option_hashes": hashes})


def _well_formed(message: Any) -> bool:
    # Go's AES-GCM panics on a nonce of another length, which would end the whole process.
    vote = message.pollUpdateMessage.vote
    return len(vote.encIV) == NONCE and len(vote.encPayload) >= TAG

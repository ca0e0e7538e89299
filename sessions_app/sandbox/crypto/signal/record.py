"""All sessions with one device: the current one and those that it replaced.

Both sides may open a session at the same time, and messages of an older session may still be under way, so
replaced sessions stay readable (Signal specification "The Sesame Algorithm", section 3.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgpack

from sessions_app.sandbox.crypto.signal.errors import (
    DecryptError,
    DuplicateMessageError,
    InvalidMessageError,
    NoSessionError,
)
from sessions_app.sandbox.crypto.signal.messages import SignalMessage
from sessions_app.sandbox.crypto.signal.session import Session

MAX_ARCHIVED = 20


@dataclass(slots=True)
class SessionRecord:
    """The current session first, replaced ones behind it."""

    sessions: list[Session] = field(default_factory=list)

    @property
    def current(self) -> Session | None:
        return self.sessions[0] if self.sessions else None

    def with_base_key(self, base_key: bytes) -> Session | None:
        """The session that a repeated first message belongs to."""
        return next((session for session in self.sessions if session.base_key == base_key), None)

    def put(self, session: Session) -> None:
        """Make a session the current one."""
        self.sessions = [session, *(old for old in self.sessions if old is not session)][: MAX_ARCHIVED + 1]

    def decrypt(self, message: SignalMessage) -> bytes:
        """Decrypt with whichever session fits, which becomes the current one."""
        failure: DecryptError = NoSessionError("there is no session with this device")
        for session in self._candidates(message):
            try:
                plaintext = session.decrypt(message)
            except DuplicateMessageError:
                raise
            except InvalidMessageError as error:
                failure = error
                continue
            self.put(session)
            return plaintext
        raise failure

    def _candidates(self, message: SignalMessage) -> Iterator[Session]:
        """Sessions that know the message's ratchet key first: they cost no Diffie-Hellman step."""
        knows = [any(chain.ratchet_key == message.ratchet_key for chain in s.receiving) for s in self.sessions]
        yield from [session for session, known in zip(self.sessions, knows, strict=True) if known]
        yield from [session for session, known in zip(self.sessions, knows, strict=True) if not known]

    def dump(self) -> bytes:
        return msgpack.packb([session.dump() for session in self.sessions])

    @classmethod
    def load(cls, data: bytes) -> SessionRecord:
        return cls([Session.load(session) for session in msgpack.unpackb(data, strict_map_key=False)])

"""The contract between the platform and an engine: commands in, events out, all plain data.

An engine runs inside a *session host*, a child process (`host.py`). The parent (`client.py`) and the
host exchange these dataclasses as msgpack maps over a socketpair. Times are Unix seconds as float
(UTC); JIDs are text such as `34600111222@s.whatsapp.net` or `1234@lid`, without a device part.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from .states import Reason, State


# ---- events, host to platform ---------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class EngineEvent:
    """Something an engine reports about one session. `spooled` events are kept on disk until acknowledged."""

    type: ClassVar[str] = ""
    spooled: ClassVar[bool] = False

    session: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged(EngineEvent):
    """The session is now in `state`. `expires_at`: end of a temporary ban, where known."""

    type: ClassVar[str] = "state"

    state: State
    reason: Reason = Reason.NONE
    text: str = ""
    expires_at: float | None = None
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class QrCode(EngineEvent):
    """A QR payload to show until `expires_at`. It holds pairing secrets: never log or store it."""

    type: ClassVar[str] = "qr"

    payload: str = field(repr=False)
    index: int
    total: int
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingCode(EngineEvent):
    """The code (`XXXX-XXXX`) that the account's owner types into the phone."""

    type: ClassVar[str] = "pairing_code"

    code: str = field(repr=False)
    phone: str
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired(EngineEvent):
    """The phone linked this device. From now on the store holds the account's credentials."""

    type: ClassVar[str] = "paired"
    spooled: ClassVar[bool] = True

    jid: str
    lid: str = ""
    push_name: str = ""
    platform: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person or chat under both of WhatsApp's addresses; either may be empty when unknown."""

    jid: str = ""  # phone-number JID, a group, a channel or status@broadcast
    lid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(EngineEvent):
    """A message of the account: from somebody, or (`from_me`) written on another of its devices."""

    type: ClassVar[str] = "message"
    spooled: ClassVar[bool] = True

    wa_id: str
    chat: Person
    sender: Person
    from_me: bool
    timestamp: float
    kind: str  # a value of messaging's MessageKind
    text: str = ""
    details: dict[str, Any] = field(default_factory=dict)  # what the kind says: docs/messages.md
    push_name: str = ""
    quoted_id: str = ""
    raw: dict[str, Any] = field(default_factory=dict)  # the protobuf as JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptReceived(EngineEvent):
    """Somebody's device got, read or played messages. `kind`: delivered, read, played."""

    type: ClassVar[str] = "receipt"
    spooled: ClassVar[bool] = True

    wa_ids: list[str]
    chat: Person
    sender: Person
    kind: str
    timestamp: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupJoined(EngineEvent):
    """The account is in a group from now on. `how`: "invite" when it came by link, else mostly empty.

    `group`: jid, subject, description, owner, created_at, announce, locked, ephemeral (seconds), community, parent,
    addressing, participants [{jid, lid, role}].
    """

    type: ClassVar[str] = "group_joined"
    spooled: ClassVar[bool] = True

    chat: Person
    group: dict[str, Any]
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChanged(EngineEvent):
    """Somebody (`sender`, where known) changed a group that the account is in.

    `changes` holds what changed: subject, description, announce, locked, ephemeral, invite, picture (set, removed),
    deleted, and lists of people {jid, lid}: joined, left, promoted, demoted.
    """

    type: ClassVar[str] = "group_changed"
    spooled: ClassVar[bool] = True

    chat: Person
    sender: Person
    at: float
    changes: dict[str, Any]
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWaiting(EngineEvent):
    """A message is there that cannot be read yet: its sender was asked to send it again (or only the phone has it).

    When it comes, it is a `MessageReceived` with the same id.
    """

    type: ClassVar[str] = "waiting"
    spooled: ClassVar[bool] = True

    wa_id: str
    chat: Person
    sender: Person
    from_me: bool
    timestamp: float
    push_name: str = ""
    unavailable: bool = False  # never sent to linked devices: only the phone shows it, such as view-once media


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChanged(EngineEvent):
    """A voice or video call of somebody to the account. `phase`: offer, accept, terminate."""

    type: ClassVar[str] = "call"
    spooled: ClassVar[bool] = True

    call_id: str
    sender: Person
    chat: Person  # the group of a group call, else the caller
    caller: str  # the address to refuse it with
    phase: str
    video: bool = False
    cause: str = ""
    timestamp: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChanged(EngineEvent):
    """Somebody came online or left (`shows`: available, unavailable), or types, records or stops in a chat."""

    type: ClassVar[str] = "presence"

    chat: Person
    sender: Person
    shows: str  # available | unavailable | typing | recording | paused
    last_seen: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRead(EngineEvent):
    """The account read messages of a chat on another of its devices."""

    type: ClassVar[str] = "chat_read"
    spooled: ClassVar[bool] = True

    chat: Person
    wa_ids: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTimerChanged(EngineEvent):
    """Messages of a direct chat disappear after so many seconds from now on, 0: they stay; `sender` has set it."""

    type: ClassVar[str] = "chat_timer"
    spooled: ClassVar[bool] = True

    chat: Person
    sender: Person
    seconds: int
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryReceived(EngineEvent):
    """A piece of what the phone remembers: chats, messages (as MessageReceived maps), names by address.

    A sync of the phone comes in several pieces; `last` marks the final one, with the counts of them all.
    """

    type: ClassVar[str] = "history"
    spooled: ClassVar[bool] = True

    sync: str  # initial recent full names
    progress: int = 0  # percent, as far as the phone says
    # jid lid name saved_name unread archived pinned muted_until disappearing at
    chats: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    names: list[dict[str, str]] = field(default_factory=list)  # jid lid name
    last: bool = False
    counts: dict[str, int] = field(default_factory=dict)  # chats, messages, names of the whole sync


@dataclass(frozen=True, slots=True, kw_only=True)
class SendFinished(EngineEvent):
    """Outcome of a send, spooled so that it survives a parent that died waiting for the answer."""

    type: ClassVar[str] = "send"
    spooled: ClassVar[bool] = True

    ref: str  # the caller's reference (Message id)
    wa_id: str = ""
    timestamp: float = 0.0
    raw: dict[str, Any] = field(default_factory=dict)  # {"message": the protobuf as JSON}, unless it is a plain text
    error: str = ""  # name of a class in errors.ERRORS, empty when sent
    error_code: str = ""
    error_text: str = ""
    began: float = 0.0  # Unix times of the engine's call, for traces; 0 when it was not made
    ended: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartNeeded(EngineEvent):
    """The engine cannot bring this session back by itself; `state` events say what to show meanwhile.

    `scope` "session": stop and start it. `scope` "host": its process has to end, because native code
    holds on to something that cannot be stopped; the host's other sessions move or reconnect. A session
    whose state is final is not started again by this.
    """

    type: ClassVar[str] = "restart"

    scope: str  # session | host
    reason: Reason
    text: str = ""


# ---- what a host is asked -------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class StartOptions:
    """How to start one session. `pairing` is used only when the store holds no account yet."""

    store: str  # private directory of the session
    expect_paired: bool = False  # the platform believes the store holds an account; if not: LOGGED_OUT, no QR
    pairing: str = "qr"  # qr | code
    phone: str = ""  # digits, for pairing == "code"
    proxy: str = field(default="", repr=False)
    device_name: str = ""
    history: str = "off"  # off | limited | full: what of the phone's history is reported
    history_days: int = 30  # limited: not older than this
    history_messages: int = 50  # limited: the newest of a chat


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message to send. `kind` decides which keys of `content` matter (docs/messages.md); text: {"text": str}."""

    ref: str
    to: str
    kind: str = "text"
    content: dict[str, Any] = field(default_factory=dict, repr=False)


class Engine(Protocol):
    """What runs inside a host, once per session. Methods block; the host gives each its thread and deadline."""

    capabilities: ClassVar[frozenset[str]]

    def __init__(self, session: str, options: StartOptions, emit: Callable[[EngineEvent], None]) -> None: ...

    def start(self) -> None:
        """Connect, or show QR codes when the store is empty. Returns once under way; progress comes as events."""

    def hang_up(self, within: float) -> None:
        """Take nothing more from WhatsApp; returns when what was taken is reported, or after so many seconds.

        Only `stop` or the end of the process follows.
        """

    def stop(self) -> bool:
        """Disconnect and keep the account. False: it cannot be stopped, the process has to end."""

    def logout(self) -> None:
        """Unlink this device at WhatsApp and forget the account."""

    def send(self, message: Outgoing) -> SendFinished:
        """Send one message; raises EngineError, or OutcomeUnknown when no answer came."""

    def call(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Any other request, named by a capability; raises Unsupported for what the provider cannot do."""

    def health(self) -> dict[str, Any]:
        """Cheap self-report: state, last inbound time, queue lengths."""

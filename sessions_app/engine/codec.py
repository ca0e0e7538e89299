"""The contract's dataclasses as plain maps, the only thing that crosses the process boundary."""

from dataclasses import fields
from enum import Enum
from typing import Any, TypeVar, cast

from .base import (
    CallChanged,
    ChatRead,
    ChatTimerChanged,
    EngineEvent,
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
from .errors import ERRORS, EngineError
from .states import Reason, State

EVENTS: dict[str, type[EngineEvent]] = {
    kind.type: kind
    for kind in (
        StateChanged,
        QrCode,
        PairingCode,
        Paired,
        MessageReceived,
        ReceiptReceived,
        GroupJoined,
        GroupChanged,
        MessageWaiting,
        CallChanged,
        PresenceChanged,
        ChatRead,
        ChatTimerChanged,
        HistoryReceived,
        SendFinished,
        RestartNeeded,
    )
}

Record = TypeVar("Record", bound=EngineEvent | Person | StartOptions | Outgoing)


def to_map(record: EngineEvent | Person | StartOptions | Outgoing) -> dict[str, Any]:
    """Field names and plain values of one dataclass of the contract."""
    return {field.name: _plain(getattr(record, field.name)) for field in fields(record)}


def from_map(kind: type[Record], values: dict[str, Any]) -> Record:
    """The opposite of `to_map`. Fields of a newer peer that this version lacks are dropped."""
    known = {field.name for field in fields(kind)}
    return kind(**{name: _rich(name, value) for name, value in values.items() if name in known})


def encode_event(event: EngineEvent) -> dict[str, Any]:
    """An event as a map that names its `type`."""
    return {"type": event.type, **to_map(event)}


def decode_event(values: dict[str, Any]) -> EngineEvent:
    """The event whose `type` the map names; KeyError for a type nobody knows."""
    return from_map(EVENTS[values["type"]], values)


def encode_error(error: BaseException) -> dict[str, str]:
    """An error as its class name, code and text; foreign exceptions travel as EngineError."""
    if isinstance(error, EngineError) and type(error).__name__ in ERRORS:
        return {"name": type(error).__name__, "code": error.code, "text": error.text}
    return {"name": EngineError.__name__, "code": EngineError.code, "text": f"{type(error).__name__}: {error}"[:500]}


def decode_error(values: dict[str, str]) -> EngineError:
    """The opposite of `encode_error`."""
    kind = ERRORS.get(values["name"], EngineError)
    return kind(values["text"], code=values["code"])


def _plain(value: Any) -> Any:
    if isinstance(value, Person):
        return to_map(value)
    if isinstance(value, Enum):
        return value.value
    return value


def _rich(name: str, value: Any) -> Any:
    match name:
        case "chat" | "sender" if isinstance(value, dict):
            return from_map(Person, cast("dict[str, Any]", value))
        case "state":
            return State(value)
        case "reason":
            return Reason(value)
    return value

"""The answers: plain dictionaries with types. What a newer platform adds is in them, too, without a type."""

from typing import Any, TypedDict


class Session(TypedDict):
    id: str
    workspace: str
    name: str
    provider: str
    desired: str
    state: str
    reason: str
    text: str
    state_at: str | None
    state_expires_at: str | None
    phone: str
    jid: str
    lid: str
    push_name: str
    paired_at: str | None
    connected_at: str | None
    last_inbound_at: str | None
    created_at: str
    metadata: dict[str, str]
    labels: list[str]


class Qr(TypedDict):
    qr: str
    index: int
    total: int
    expires_at: str


class PairingCode(TypedDict):
    code: str
    phone: str
    expires_at: str


class Chat(TypedDict):
    jid: str
    lid: str
    phone: str


class Sender(Chat):
    push_name: str


class Message(TypedDict):
    id: str
    session: str
    direction: str
    state: str
    ack: int | None
    kind: str
    wa_id: str | None
    chat: Chat
    sender: Sender
    from_me: bool
    text: str
    content: dict[str, Any]
    error: dict[str, Any] | None
    timestamp: str
    created_at: str
    sent_at: str | None
    delivered_at: str | None
    read_at: str | None


class Media(TypedDict):
    id: str
    state: str
    mimetype: str
    size: int
    filename: str | None


class Event(TypedDict):
    id: str
    event: str
    sequence: int | None
    timestamp: str
    workspace: str
    session: str | None
    payload: dict[str, Any]

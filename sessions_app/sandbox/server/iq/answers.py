"""What every handler gets, and the two forms of an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sessions_app.sandbox.wire.jid import SERVER_JID
from sessions_app.sandbox.wire.node import Attr, Node

if TYPE_CHECKING:
    from sessions_app.sandbox.server.account import Account
    from sessions_app.sandbox.server.connection import Connection
    from sessions_app.sandbox.server.devices import Device
    from sessions_app.sandbox.server.login import Session
    from sessions_app.sandbox.server.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks."""

    sandbox: Sandbox
    connection: Connection
    account: Account
    device: Device
    session: Session


Handler = Callable[[Context, Node], Node | None]
"""Returns the answer, or None when it has sent it already."""


def result(request: Node, content: list[Node] | None = None) -> Node:
    """A positive answer."""
    return Node("iq", _attrs(request, "result"), content)


def error(request: Node, code: int, text: str) -> Node:
    """A negative answer."""
    return Node("iq", _attrs(request, "error"), [Node("error", {"code": str(code), "text": text})])


def _attrs(request: Node, kind: str) -> dict[str, Attr]:
    return {"from": request.attrs.get("to", SERVER_JID), "type": kind, "id": request.text("id")}

"""Does to connected clients what a fault says (the lasting ones are asked for where they apply)."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sessions_app.sandbox.server.account import Account
from sessions_app.sandbox.server.connection import Connection
from sessions_app.sandbox.server.faults import MOMENTARY, Fault
from sessions_app.sandbox.server.login import replaced
from sessions_app.sandbox.wire.node import Node

if TYPE_CHECKING:
    from sessions_app.sandbox.server.sandbox import Sandbox

_momentary_ids = itertools.count(1)


def start(
    sandbox: Sandbox,
    *,
    kind: str,
    account: str | None,
    count: int | None,
    seconds: float | None,
    options: dict[str, Any],
) -> Fault:
    """Set a lasting fault, do a momentary one."""
    if kind in MOMENTARY:
        fault = Fault(f"m{next(_momentary_ids)}", kind, account, 0, None, options)
    else:
        fault = sandbox.faults.add(kind, account, count, seconds, options)
    if action := ACTIONS.get(kind):
        affected = [each for each in sandbox.connections if account is None or each.account == account]
        for connection in affected:
            action(sandbox, connection, fault)
        fault.options = {**options, "connections": len(affected)}
    if seconds is not None:
        asyncio.get_running_loop().call_later(seconds + 0.001, sandbox.faults.changed)
    return fault


def _reset(_sandbox: Sandbox, connection: Connection, _fault: Fault) -> None:
    connection.reset()


def _stream_error(_sandbox: Sandbox, connection: Connection, _fault: Fault) -> None:
    connection.send(Node("stream:error", {"code": "503"}))
    connection.socket.close()


def _replaced(_sandbox: Sandbox, connection: Connection, _fault: Fault) -> None:
    if connection.account is not None:
        connection.part(replaced())


def _device_removed(sandbox: Sandbox, connection: Connection, _fault: Fault) -> None:
    for account in sandbox.world.accounts():
        for device in list(account.devices.values()):
            if device.connection is connection:
                sandbox.remove_device(account, device, tell=True)


def _poison(sandbox: Sandbox, connection: Connection, fault: Fault) -> None:
    """A stanza with a value that neonize's events cannot express: its event loop ends, the connection stays."""
    account = sandbox.world.by_number(connection.account or "")
    if account is not None:
        connection.send(POISONS[str(fault.options.get("event", "receipt"))](account, connection.next_id()))


def _poisoned_receipt(account: Account, stanza_id: str) -> Node:
    now = str(int(time.time()))
    return Node("receipt", {"from": account.lid, "id": stanza_id, "t": now, "type": "server-error"})


def _poisoned_chatstate(account: Account, _stanza_id: str) -> Node:
    return Node("chatstate", {"from": account.lid}, [Node("composing", {"media": "scent"})])


def _poisoned_failure(_account: Account, _stanza_id: str) -> Node:
    return Node("failure", {"reason": "418", "location": "frc"})


POISONS: dict[str, Callable[[Account, str], Node]] = {
    "receipt": _poisoned_receipt,
    "chatstate": _poisoned_chatstate,
    "failure": _poisoned_failure,
}
ACTIONS: dict[str, Callable[[Sandbox, Connection, Fault], None]] = {
    "reset": _reset,
    "refuse": _reset,
    "failure": _reset,
    "stream_error_503": _stream_error,
    "replaced": _replaced,
    "device_removed": _device_removed,
    "poison": _poison,
}

"""Setting and clearing faults."""

from __future__ import annotations

from typing import Any

from sessions_app.sandbox.control.call import Call, choice, digits, field, invalid
from sessions_app.sandbox.server import disturb
from sessions_app.sandbox.server.errors import not_found
from sessions_app.sandbox.server.faults import KINDS, ONCE

OPTIONS = ("reason", "code", "expire", "error", "ms", "refs", "hold", "event", "device")


async def listed(call: Call) -> dict[str, Any]:
    """The faults that can still apply."""
    return {"faults": [fault.as_json() for fault in call.sandbox.faults.all()]}


async def add(call: Call) -> dict[str, Any]:
    """Set a fault, or do it at once when it is a momentary one."""
    body = call.body()
    if unknown := body.keys() - {"kind", "account", "count", "seconds", *OPTIONS}:
        raise invalid(f"unknown field {sorted(unknown)[0]}")
    kind = choice(body, "kind", tuple(sorted(KINDS)))
    account = field(body, "account", str, None)
    count, seconds = field(body, "count", int, None), field(body, "seconds", (int, float), None)
    if account is not None:
        account = call.account(digits(account)).number
    if kind in ONCE and count is None and seconds is None:
        count = 1
    choice(body, "event", tuple(disturb.POISONS), None)
    options = {name: field(body, name, (int, str, bool)) for name in OPTIONS if body.get(name) is not None}
    return disturb.start(
        call.sandbox, kind=kind, account=account, count=count, seconds=seconds, options=options
    ).as_json()


async def clear_all(call: Call) -> dict[str, Any]:
    """Clear every fault."""
    call.sandbox.faults.clear()
    return {"cleared": True}


async def clear(call: Call, fault_id: str) -> dict[str, Any]:
    """Clear one fault."""
    if not call.sandbox.faults.clear(fault_id):
        raise not_found(f"fault {fault_id}")
    return {"cleared": True}

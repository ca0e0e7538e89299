"""Health, trust material, counters."""

from __future__ import annotations

from typing import Any

from sessions_app.sandbox.control.call import Call
from sessions_app.sandbox.server.trust import HOST


async def health(call: Call) -> dict[str, Any]:
    """Whether the sandbox is up."""
    return {"status": "ok", "phones": len(call.sandbox.world.accounts()), "connections": len(call.sandbox.connections)}


async def trust(call: Call) -> dict[str, Any]:
    """What a client has to trust, and the proxy it has to use."""
    trusted = call.sandbox.trust
    return {
        "noise_root": trusted.root.public.hex(),
        "ca_pem": trusted.authority.certificate.decode(),
        "host": HOST,
        "proxy": call.sandbox.url,
    }


async def stats(call: Call) -> dict[str, Any]:
    """Everything that is counted."""
    return {**call.sandbox.stats.as_json(), "connected": len(call.sandbox.connections)}

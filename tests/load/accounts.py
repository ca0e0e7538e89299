"""The sessions, phones and webhooks of a run, and their end."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from PIL import Image

from tests.load.options import Options

AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Account:
    """`number`: of its own phone."""

    session_id: str
    number: str


@dataclass(slots=True)
class Cast:
    """Who takes part. `friend` is the phone that all accounts write to and hear from."""

    accounts: list[Account]
    friend: str
    picture: str


@asynccontextmanager
async def linked(
    api: httpx.AsyncClient, sandbox: httpx.AsyncClient, options: Options, hooks: list[str]
) -> AsyncIterator[Cast]:
    """Sessions with a phone each, linked a few at a time; everything is removed at the end."""
    made: list[str] = []
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Account:
        async with gate:
            return await _link(api, sandbox, number, made)

    endpoints: list[str] = []
    try:
        friend = await _post(sandbox, "/phones", {"name": "Load", "auto_receipt": "delivered"})
        accounts = list(await asyncio.gather(*(one(number) for number in range(options.sessions))))
        for url in hooks:
            hook = await _post(api, "/webhooks", {"url": url, "events": ["message", "message.ack"]})
            endpoints.append(hook["id"])
        yield Cast(accounts, friend["phone"], await _picture(api) if options.media else "")
    finally:
        for path in [*(f"/webhooks/{each}" for each in endpoints), *(f"/sessions/{each}" for each in made)]:
            await api.delete(path)


async def _link(api: httpx.AsyncClient, sandbox: httpx.AsyncClient, number: int, made: list[str]) -> Account:
    phone = (await _post(sandbox, "/phones", {}))["phone"]
    session = await _post(api, "/sessions", {"name": f"Load {number}", "provider": "sandbox"})
    made.append(session["id"])
    await _post(api, f"/sessions/{session['id']}/start", {})
    await _state(api, session["id"], "SCAN_QR")
    code = (await api.get(f"/sessions/{session['id']}/qr", params={"format": "json"})).raise_for_status().json()
    await _post(sandbox, f"/phones/{phone}/scan", {"qr": code["qr"]})
    await _state(api, session["id"], "CONNECTED")
    return Account(session["id"], phone)


async def _state(api: httpx.AsyncClient, session_id: str, wanted: str) -> None:
    async with asyncio.timeout(120):
        while (await api.get(f"/sessions/{session_id}")).raise_for_status().json()["state"] != wanted:
            await asyncio.sleep(0.1)


async def _picture(api: httpx.AsyncClient) -> str:
    """Uploaded once, sent often."""
    picture = io.BytesIO()
    Image.effect_noise((640, 480), 40).convert("RGB").save(picture, "JPEG", quality=80)
    answer = await api.post("/media", files={"file": ("load.jpg", picture.getvalue(), "image/jpeg")})
    return str(answer.raise_for_status().json()["id"])


async def _post(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> Any:
    return (await client.post(path, json=body)).raise_for_status().json()
